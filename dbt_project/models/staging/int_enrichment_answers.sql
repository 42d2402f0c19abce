{{ config(materialized='view') }}

-- Whoever was found, as of the as-of date: answers to real questions, and those that were made up for the sample. Of
-- whom has withdrawn the consent by then, or asked to be erased, nothing is known any more.

with answers as (

    {% for table, is_made_up in [('enrichment_answers', 'false'), ('enrichment_demo_answers', 'true')] -%}
    select
        answer_id,
        organization_id,
        provider,
        endpoint,
        subject_type,
        subject_id,
        known_from,
        received_at,
        likelihood,
        {{ is_made_up }} as is_made_up
    from {{ source('raw', table) }}
    where outcome = 'matched'
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

withdrawals as (

    select
        organization_id,
        customer_id
    from {{ ref('stg_consents') }}
    where
        purpose = 'enrichment'
        and not granted

    union

    select
        organization_id,
        customer_id
    from {{ ref('stg_erasure_requests') }}

),

withdrawn as (

    select
        withdrawals.organization_id,
        types.customer_type,
        withdrawals.customer_id
    from withdrawals
    inner join {{ ref('int_customer_types') }} as types
        on
            withdrawals.organization_id = types.organization_id
            and withdrawals.customer_id = types.customer_id

),

final as (

    select answers.*
    from answers
    inner join {{ ref('as_of_dates') }} as as_of
        on
            answers.organization_id = as_of.organization_id
            and answers.known_from <= as_of.as_of_date
    left join withdrawn
        on
            answers.organization_id = withdrawn.organization_id
            and answers.subject_type = withdrawn.customer_type
            and answers.subject_id = withdrawn.customer_id
    where withdrawn.customer_id is null

)

select * from final
