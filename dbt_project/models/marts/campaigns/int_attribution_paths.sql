{{ config(schema='staging', materialized='table') }}

{% set rule = var('attribution') -%}
{% set journey = ['organization_id', 'lead_id', 'journey_number'] -%}

-- How many journeys went the same way, and what came of it.

with journeys as (

    select
        {{ journey | join(',\n        ') }},
        is_converted,
        purchase_type,
        max(revenue) as revenue,
        {{ dbt.listagg('channel', "' > '", 'order by position') }} as path
    from {{ ref('int_attribution_journeys') }}
    group by {{ journey | join(', ') }}, is_converted, purchase_type

),

final as (

    select
        organization_id,
        purchase_type,
        path,
        count(case when is_converted then 1 end) as conversion_count,
        cast(sum(revenue) as numeric(18, 2)) as revenue,
        count(case when not is_converted then 1 end) as null_count,
        cast({{ rule.markov_order }} as integer) as markov_order,
        '{{ rule.shapley_game }}' as shapley_game
    from journeys
    group by organization_id, purchase_type, path

)

select * from final
