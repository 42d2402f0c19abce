{{
    config(
        indexes=btree([
            ['organization_id', 'customer_type', 'customer_id', 'month_start'],
            ['organization_id', 'month_start']
        ])
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set kinds = ['transactions', 'visits', 'shipments', 'interactions'] -%}
{% set rule = var('activity') -%}
{% set weights = rule.engagement_weights -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

deliveries as (

    select
        loads.organization_id,
        max(case when loads.export = 'member_visits' then 1 else 0 end) as has_visits,
        max(case when loads.export = 'interactions' then 1 else 0 end) as has_interactions
    from {{ source('ops', 'file_loads') }} as loads
    inner join as_of
        on
            loads.organization_id = as_of.organization_id
            and loads.export_date <= as_of.as_of_date
            and loads.load_id <= as_of.through_load_id
    where loads.status = 'loaded'
    group by loads.organization_id

),

rhythms as (

    select * from {{ ref('int_customer_rhythms') }}

),

transactions as (

    select
        {{ customer | join(',\n        ') }},
        {{ month_index('month_start') }} as month_number,
        order_count as amount
    from {{ ref('customer_value_monthly') }}

),

{% for kind, fact, day, amount in [
    ('visits', 'fct_visits', 'visited_date', 'sum(fact.visits)'),
    ('shipments', 'fct_shipments', 'shipped_date', 'count(case when not fact.is_cancelled then 1 end)'),
    ('interactions', 'fct_interactions', 'interaction_date', 'count(*)'),
] -%}
{{ kind }} as (

    select
        fact.{{ customer | join(',\n        fact.') }},
        {{ month_index('fact.' ~ day) }} as month_number,
        {{ amount }} as amount
    from {{ ref(fact) }} as fact
    inner join as_of
        on
            fact.organization_id = as_of.organization_id
            and fact.{{ day }} <= as_of.as_of_date
    where fact.customer_type <> 'unknown'
    group by fact.{{ customer | join(', fact.') }}, {{ month_index('fact.' ~ day) }}

),

{% endfor -%}
counted as (

    {% for kind in kinds -%}
    {{ 'union all\n\n    ' if not loop.first }}select
        {{ customer | join(',\n        ') }},
        {% for each in kinds -%}
        {{ 'amount' if each == kind else '0' }} as {{ each }},
        {% endfor -%}
        month_number
    from {{ kind }}

    {% endfor -%}
),

counts as (

    select
        {{ customer | join(',\n        ') }},
        {% for kind in kinds -%}
        sum({{ kind }}) as {{ kind }},
        {% endfor -%}
        month_number
    from counted
    group by {{ customer | join(', ') }}, month_number

),

-- a fact that was delivered late may stand in a month in which nothing was known of the customer yet
months as (

    select
        {{ customer | join(',\n        ') }},
        month_number,
        {% for kind in kinds -%}
        coalesce(counts.{{ kind }}, 0) as {{ kind }},
        {% endfor -%}
        case when counts.transactions > 0 then 1 else 0 end as is_active,
        rhythms.cutoff,
        rhythms.tenure_days,
        rhythms.recency_days,
        rhythms.active_days,
        rhythms.transactions_90d,
        rhythms.transactions_180d,
        rhythms.gap_mean_days,
        rhythms.gap_median_days,
        rhythms.visits_30d,
        rhythms.interactions_90d,
        rhythms.preferred_weekday,
        rhythms.preferred_hour_band,
        rhythms.is_dormant
    from rhythms
    full outer join counts
        using ({{ customer | join(', ') }}, month_number)

),

framed as (

    select
        *,
        sum(is_active) over this_year as active_months,
        sum(is_active) over year_before as active_months_before,
        coalesce(is_active * (sum(is_active) over year_ago), 0) as is_repeated
    from months
    window
        by_month as (partition by {{ customer | join(', ') }} order by month_number),
        this_year as (by_month range between 11 preceding and current row),
        year_before as (by_month range between 23 preceding and 12 preceding),
        year_ago as (by_month range between 12 preceding and 12 preceding)

),

seasons as (

    select
        *,
        sum(is_repeated) over (
            partition by {{ customer | join(', ') }}
            order by month_number
            range between 11 preceding and current row
        ) as repeated_months
    from framed

),

measured as (

    select
        seasons.*,
        {{ saturating_score('seasons.transactions_90d', rule.frequency_half) }} as frequency_score,
        coalesce(100 - ({{ saturating_score('seasons.recency_days', rule.recency_half) }}), 0) as recency_score,
        {{ saturating_score('seasons.visits_30d', rule.visits_half) }} as visits_score,
        {{ saturating_score('seasons.interactions_90d', rule.interactions_half) }} as interactions_score,
        case
            when seasons.customer_type = 'member' then {{ weights.visits }} * coalesce(deliveries.has_visits, 0)
            else 0
        end as visits_weight,
        {{ weights.interactions }} * coalesce(deliveries.has_interactions, 0) as interactions_weight
    from seasons
    left join deliveries
        on seasons.organization_id = deliveries.organization_id

),

final as (

    select
        measured.{{ customer | join(',\n        measured.') }},
        {{ first_day_of_month('measured.month_number') }} as month_start,
        coalesce(measured.cutoff = as_of.as_of_date, false) as is_current,
        {% for kind in kinds -%}
        cast(measured.{{ kind }} as bigint) as {{ kind }},
        {% endfor -%}
        measured.frequency_score,
        (
            {{ weights.recency }} * measured.recency_score
            + {{ weights.frequency }} * measured.frequency_score
            + measured.visits_weight * measured.visits_score
            + measured.interactions_weight * measured.interactions_score
        ) / ({{ weights.recency + weights.frequency }} + measured.visits_weight + measured.interactions_weight)
            as engagement_score,
        coalesce(measured.is_dormant, false) as is_dormant,
        case
            when measured.tenure_days is null then null
            when measured.tenure_days < {{ rule.new_days }} then 'new'
            when
                measured.active_months <= {{ rule.season_months }}
                and measured.active_months_before <= {{ rule.season_months }}
                and measured.repeated_months >= 2
                -- months that both years share, over those that either has
                and measured.repeated_months
                >= {{ rule.season_overlap }}
                * (measured.active_months + measured.active_months_before - measured.repeated_months)
                then 'seasonal'
            when measured.is_dormant then 'dormant'
            when
                measured.transactions_180d >= {{ rule.trend_transactions }}
                and measured.transactions_90d
                >= {{ rule.growing_times }} * (measured.transactions_180d - measured.transactions_90d)
                then 'growing'
            when
                measured.transactions_180d >= {{ rule.trend_transactions }}
                and {{ rule.growing_times }} * measured.transactions_90d
                <= measured.transactions_180d - measured.transactions_90d
                then 'declining'
            when
                measured.active_days >= {{ rule.steady_active_days }}
                and measured.gap_mean_days <= {{ rule.steady_gaps }} * measured.gap_median_days
                then 'steady'
            else 'sporadic'
        end as activity_pattern,
        measured.preferred_weekday,
        measured.preferred_hour_band
    from measured
    inner join as_of
        on measured.organization_id = as_of.organization_id

)

select * from final
