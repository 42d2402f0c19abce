-- depends_on: {{ ref('as_of_dates') }}, {{ ref('customer_features') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id', 'segment_id', 'assigned_date'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'segment_id', 'assigned_date']]),
        meta={'stands': 'is_active', 'upstream': ['customer_features', 'int_organization_gaps']}
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set spell = customer + ['segment_id', 'assigned_date'] -%}
{% set rule = var('segments') -%}
-- each segment is a bit of what a customer belongs to
{% set segments = [
    ('vip', 'total_gross_margin', 1),
    ('premium', 'total_gross_margin', 2),
    ('regular', 'usual_gap_days', 4),
    ('new', 'tenure_days', 8),
    ('high_value', 'revenue_365d', 16),
    ('at_risk', 'recency_days', 32),
] -%}

-- Membership is judged once a month, at its last day or the as-of date, and holds for that month. Where months change,
-- those from the one before the first of them are judged again, and memberships that reach into it are carried on.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

first_months as (

    select
        organization_id,
        min({{ month_index('cutoff') }}) - 1 as first_month
    from (

        {{ changed_cutoffs(with_rhythms=true) }}

    ) as changed_cutoffs
    group by organization_id

),

standing as (

    select
        standing.{{ spell | join(',\n        standing.') }},
        {{ first_day_of_month('first_months.first_month') }} as first_day
    from {{ this }} as standing
    inner join first_months
        on standing.organization_id = first_months.organization_id
    where
        standing.removed_date is null
        or standing.removed_date > {{ first_day_of_month('first_months.first_month') }}

),

{% endif -%}
rhythms as (

    select rhythms.*
    from {{ ref('int_customer_rhythms') }} as rhythms
    {%- if is_incremental() %}
    inner join first_months
        on
            rhythms.organization_id = first_months.organization_id
            and rhythms.month_number >= first_months.first_month
            and rhythms.cutoff >= {{ plus_days(first_changed_cutoff(with_rhythms=true), -62) }}
    {%- endif %}
    where rhythms.transaction_count > 0

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
        count(case when total_gross_margin > 0 then 1 end) as profitable_count
    from rhythms
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

memberships as (

    select
        {{ customer | join(',\n        ') }},
        month_number,
        is_current,
        known_since,
        total_gross_margin,
        revenue_365d,
        tenure_days,
        recency_days,
        usual_gap_days,
        {% for segment, _, bit in segments -%}
        {{ '+ ' if not loop.first }}case when is_{{ segment }} then {{ bit }} else 0 end
        {% endfor -%} as segments
    from judged

),

neighbours as (

    select
        *,
        case when lag(month_number) over by_month = month_number - 1 then lag(segments) over by_month else 0 end
            as segments_before,
        case when lead(month_number) over by_month = month_number + 1 then lead(segments) over by_month else 0 end
            as segments_after
    from memberships
    window by_month as (partition by {{ customer | join(', ') }} order by month_number)

),

changing as (

    select * from neighbours
    where (segments & ~(segments_before & segments_after)) <> 0

),

-- first and last month of each unbroken run
edges as (

    {% for segment, value, bit in segments -%}
    {{ 'union all\n\n    ' if not loop.first }}select
        {{ customer | join(',\n        ') }},
        '{{ segment }}' as segment_id,
        month_number,
        is_current,
        known_since,
        (segments_before & {{ bit }}) = 0 as is_first,
        (segments_after & {{ bit }}) = 0 as is_last,
        cast({{ value }} as numeric(18, 2)) as segment_value
    from changing
    where (segments & ~(segments_before & segments_after) & {{ bit }}) <> 0

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

spells as (

    select
        {{ customer | join(',\n        ') }},
        segment_id,
        greatest({{ first_day_of_month('month_number') }}, known_since) as assigned_date,
        case when not is_active then {{ first_day_of_month('last_month + 1') }} end as removed_date,
        is_active,
        cast(last_value as numeric(18, 2)) as segment_value,
        month_number
    from runs
    where is_first

),

{% if is_incremental() -%}
carried_on as (

    select
        spells.{{ customer | join(',\n        spells.') }},
        spells.segment_id,
        coalesce(earlier.assigned_date, spells.assigned_date) as assigned_date,
        spells.removed_date,
        spells.is_active,
        spells.segment_value
    from spells
    left join standing as earlier
        on
            {{ same_key('spells', 'earlier', customer + ['segment_id']) }}
            and earlier.assigned_date < earlier.first_day
            and {{ first_day_of_month('spells.month_number') }} = earlier.first_day

),

{% endif -%}

final as (

    select
        {{ spell | join(',\n        ') }},
        removed_date,
        is_active,
        segment_value
    from {{ 'carried_on' if is_incremental() else 'spells' }}

)

{% if is_incremental() -%}
-- a spell that is no more comes along as a tombstone
select *
from final
full outer join (
    select {{ spell | join(', ') }}
    from standing
) as standing_spells using ({{ spell | join(', ') }})
{%- else -%}
select * from final
{%- endif %}
