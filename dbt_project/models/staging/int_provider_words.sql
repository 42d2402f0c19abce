{{ config(materialized='view') }}

{% set words = {
    'industry': ['industry', 'industry'],
    'city': ['city', 'location_locality'],
    'state': ['state', 'location_region'],
    'country': ['country', 'location_country'],
} -%}

-- What the exports and providers call the same thing, told by the accounts that both know: IL is illinois.

with accounts as (

    select * from {{ ref('stg_accounts') }}

),

companies as (

    select * from {{ ref('stg_enrichment_company') }}
    where subject_type = 'account'

),

pairs as (

    {% for attribute, (own, theirs) in words.items() -%}
    select
        accounts.organization_id,
        '{{ attribute }}' as attribute,
        accounts.{{ own }} as own_value,
        companies.{{ theirs }} as provider_value
    from accounts
    inner join companies
        on
            accounts.organization_id = companies.organization_id
            and accounts.customer_id = companies.subject_id
    where
        accounts.{{ own }} is not null
        and companies.{{ theirs }} is not null
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

counted as (

    select
        organization_id,
        attribute,
        own_value,
        provider_value,
        count(*) as account_count
    from pairs
    group by organization_id, attribute, own_value, provider_value

),

final as (

    select
        *,
        2 * account_count > sum(account_count) over (partition by organization_id, attribute, own_value)
            as is_usual_of_own,
        2 * account_count > sum(account_count) over (partition by organization_id, attribute, provider_value)
            as is_usual_of_provider
    from counted

)

select * from final
