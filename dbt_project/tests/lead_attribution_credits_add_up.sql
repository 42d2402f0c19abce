-- Each model shares out every conversion and its revenue, whole.
{{ config(meta={'dagster': {'ref': {'name': 'lead_attribution'}}}) }}

{% set conversion = ['organization_id', 'lead_id', 'conversion_type', 'conversion_id'] -%}

with conversions as (

    select * from {{ ref('int_attribution_conversions') }}
    where is_counted

),

credits as (

    select
        {{ conversion | join(',\n        ') }},
        model,
        sum(credit) as credit,
        sum(revenue) as revenue
    from {{ ref('lead_attribution') }}
    group by {{ conversion | join(', ') }}, model

)

select
    conversions.{{ conversion | join(',\n    conversions.') }},
    count(credits.model) as models
from conversions
left join credits
    on
        {{ same_key('conversions', 'credits', conversion) }}
        and credits.credit = 1
        and coalesce(conversions.revenue = credits.revenue, conversions.revenue is null)
group by conversions.{{ conversion | join(', conversions.') }}
having count(credits.model) <> 5
