{{ config(materialized='view') }}

-- Whoever was found, as of the as-of date: answers to real questions, and those that were made up for the sample. Of
-- whom has withdrawn the consent by then, or asked to be erased, nothing is known any more.

with answers as (

    {% for table, is_made_up in [('enrichment_answers', 'false'), ('enrichment_demo_answers', 'true')] -%}
    select
        answer_id,
        organization_id,
        provider,
        subject_type,
        subject_id,
        known_from,
        received_at,
        {{ is_made_up }} as is_made_up
    from {{ source('raw', table) }}
    where outcome = 'matched'
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

final as (

    select answers.*
    from answers
    inner join {{ ref('as_of_dates') }} as as_of
        on
            answers.organization_id = as_of.organization_id
            and answers.known_from <= as_of.as_of_date
    left join {{ ref('int_enrichment_consents') }} as consents
        on
            answers.organization_id = consents.organization_id
            and answers.subject_type = consents.customer_type
            and answers.subject_id = consents.customer_id
    where coalesce(consents.is_granted, true)

)

select * from final
