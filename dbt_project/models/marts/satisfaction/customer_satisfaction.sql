{{ config(indexes=btree([
    ['organization_id', 'customer_type', 'customer_id', 'as_of_date'],
    ['organization_id', 'as_of_date']
])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set rule = var('satisfaction') -%}
{% set dimensions = ['service_speed', 'resolution', 'sentiment', 'survey', 'loyalty'] -%}

with features as (

    select
        *,
        {{ month_index('cutoff') }} as month_number,
        greatest(tickets_365d, tickets_open) as ticket_count,
        25 * (csat_mean_365d - 1) as csat_percent,
        case when nps_last_date > {{ plus_days('cutoff', -365) }} then 10.0 * nps_last end as nps_percent
    from {{ ref('customer_features') }}

),

tiers as (

    select * from {{ ref('customer_tiers') }}

),

dimensions as (

    select
        features.{{ customer | join(',\n        features.') }},
        features.cutoff as as_of_date,
        features.month_number,
        features.is_current,
        100 * {{ ratio(rule.speed_half_hours, rule.speed_half_hours ~ ' + features.ticket_hours_to_close_365d') }}
            as service_speed_score,
        100
        * {{ ratio('features.ticket_count - features.tickets_open', 'features.ticket_count') }}
            as resolution_score,
        cast(null as double precision) as sentiment_score,
        cast(
            (
                coalesce(features.csat_percent, features.nps_percent)
                + coalesce(features.nps_percent, features.csat_percent)
            ) / 2 as double precision
        ) as survey_score,
        cast(12.5 * (tiers.recency_score + tiers.frequency_score - 2) as double precision) as loyalty_score
    from features
    inner join tiers
        on
            {{ same_key('features', 'tiers', customer) }}
            and features.cutoff = tiers.as_of_date

),

weighted as (

    select
        *,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}coalesce({{ rule.weights[dimension] }} * {{ dimension }}_score, 0)
        {% endfor -%} as score_sum,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}case
            when {{ dimension }}_score is null then 0
            else {{ rule.weights[dimension] }}
        end
        {% endfor -%} as known_weight
    from dimensions

),

-- A trend compares the same dimensions: those known both now and six months before.
compared as (

    select
        now.*,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}coalesce(
            {{ rule.weights[dimension] }} * (now.{{ dimension }}_score - earlier.{{ dimension }}_score), 0
        )
        {% endfor -%} as change_sum,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}case
            when now.{{ dimension }}_score is null or earlier.{{ dimension }}_score is null then 0
            else {{ rule.weights[dimension] }}
        end
        {% endfor -%} as compared_weight
    from weighted as now
    left join dimensions as earlier
        on
            {{ same_key('now', 'earlier', customer) }}
            and now.month_number = earlier.month_number + 6

),

final as (

    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_current,
        {% for dimension in dimensions -%}
        {{ dimension }}_score,
        {% endfor -%}
        {{ ratio('score_sum', 'known_weight') }} as composite_score,
        {{ ratio('known_weight', rule.weights.values() | sum) }} as coverage,
        {{ ratio('change_sum', 'compared_weight') }} as trend_6_months
    from compared

)

select * from final
