{{ config(schema='staging', materialized='view') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set measures = [
    'recency_days', 'transactions_365d', 'revenue_365d', 'gross_margin_365d', 'total_revenue', 'total_gross_margin'
] -%}

-- Who belongs to which segment on which day, by whatever rule: the one place that marts by segment read.

with tiers as (

    select * from {{ ref('customer_tiers') }}

),

named as (

    select * from {{ ref('customer_named_segments') }}

),

final as (

    {% for segment_type in ['rfm_class', 'volume_tier', 'profitability_tier'] -%}
    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_current,
        '{{ segment_type }}' as segment_type,
        {{ segment_type }} as segment_id,
        {{ measures | join(',\n        ') }}
    from tiers

    union all

    {% endfor -%}
    select
        tiers.{{ customer | join(',\n        tiers.') }},
        tiers.as_of_date,
        tiers.is_current,
        'named' as segment_type,
        named.segment_id,
        tiers.{{ measures | join(',\n        tiers.') }}
    from tiers
    inner join named
        on
            {{ same_key('tiers', 'named', customer) }}
            and tiers.as_of_date >= named.assigned_date
            and (named.removed_date is null or tiers.as_of_date < named.removed_date)

)

select * from final
