{{ config(indexes=btree([['organization_id', 'customer_type', 'customer_id', 'segment_id', 'assigned_date']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set rule = var('segments') -%}
{% set segments = [
    ('vip', 'total_gross_margin'),
    ('premium', 'total_gross_margin'),
    ('regular', 'usual_gap_days'),
    ('new', 'tenure_days'),
    ('high_value', 'revenue_365d'),
    ('at_risk', 'recency_days'),
] -%}

-- Membership is judged once a month, at its last day or the as-of date, and holds for that month.

with rhythms as (

    select * from {{ ref('int_customer_rhythms') }}
    where transaction_count > 0

),

ranked as (

    select
        *,
        total_gross_margin > 0 as is_profitable,
        row_number() over (
            partition by organization_id, cutoff
            order by total_gross_margin desc, {{ binary('customer_id') }}, {{ binary('customer_type') }}
        ) as margin_rank
    from rhythms

),

averages as (

    select
        organization_id,
        cutoff,
        {{ ratio(
            'sum(case when revenue_365d > 0 then revenue_365d end)', 'count(case when revenue_365d > 0 then 1 end)'
        ) }} as revenue_365d,
        count(case when is_profitable then 1 end) as profitable_count
    from ranked
    group by organization_id, cutoff

),

measured as (

    select
        ranked.{{ customer | join(',\n        ranked.') }},
        ranked.month_number,
        ranked.is_current,
        ranked.known_since,
        ranked.total_gross_margin,
        ranked.revenue_365d,
        ranked.tenure_days,
        ranked.recency_days,
        ranked.active_days,
        ranked.usual_gap_days,
        ranked.is_profitable and ranked.margin_rank <= floor((averages.profitable_count + 4) / 5.0) as is_top_20,
        ranked.is_profitable and ranked.margin_rank <= floor((averages.profitable_count + 2) / 3.0) as is_top_third,
        coalesce(ranked.revenue_365d > {{ rule.high_value_times }} * averages.revenue_365d, false) as is_high_value,
        coalesce(
            ranked.recency_days
            > greatest({{ rule.at_risk_gaps }} * ranked.usual_gap_days, {{ rule.at_risk_least_days }}),
            false
        )
        and ranked.usual_gap_days is not null as is_late
    from ranked
    inner join averages
        on
            ranked.organization_id = averages.organization_id
            and ranked.cutoff = averages.cutoff

),

judged as (

    select
        *,
        is_top_20 and recency_days < {{ rule.vip_days }} as is_vip,
        is_top_third and not is_top_20 as is_premium,
        tenure_days < {{ rule.new_days }} as is_new,
        is_late and recency_days < {{ rule.lost_days }} as is_at_risk,
        active_days >= {{ rule.regular_active_days }}
        and not is_late
        and not is_top_third
        and usual_gap_days is not null as is_regular
    from measured

),

neighbours as (

    select
        {% for segment, _ in segments -%}
        lag(is_{{ segment }}, 1, false) over by_month as was_{{ segment }},
        lead(is_{{ segment }}, 1, false) over by_month as stays_{{ segment }},
        {% endfor -%}
        judged.*
    from judged
    window by_month as (partition by {{ customer | join(', ') }} order by month_number)

),

-- first and last month of each unbroken run
edges as (

    {% for segment, value in segments -%}
    {{ 'union all\n\n    ' if not loop.first }}select
        {{ customer | join(',\n        ') }},
        '{{ segment }}' as segment_id,
        month_number,
        is_current,
        known_since,
        not was_{{ segment }} as is_first,
        not stays_{{ segment }} as is_last,
        cast({{ value }} as numeric(18, 2)) as segment_value
    from neighbours
    where
        is_{{ segment }}
        and not (was_{{ segment }} and stays_{{ segment }})

    {% endfor -%}
),

runs as (

    select
        *,
        case when is_last then month_number else lead(month_number) over by_month end as last_month,
        case when is_last then is_current else lead(is_current) over by_month end as is_active,
        case when is_last then segment_value else lead(segment_value) over by_month end as last_value
    from edges
    window by_month as (partition by {{ customer | join(', ') }}, segment_id order by month_number)

),

final as (

    select
        {{ customer | join(',\n        ') }},
        segment_id,
        greatest({{ first_day_of_month('month_number') }}, known_since) as assigned_date,
        case when not is_active then {{ first_day_of_month('last_month + 1') }} end as removed_date,
        is_active,
        cast(last_value as numeric(18, 2)) as segment_value
    from runs
    where is_first

)

select * from final
