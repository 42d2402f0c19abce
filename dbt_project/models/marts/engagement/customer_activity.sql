-- depends_on: {{ ref('customer_features') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id', 'month_start'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'customer_type', 'customer_id', 'month_start'],
            ['organization_id', 'month_start']
        ]),
        meta={
            'stands': 'transactions',
            'upstream': ['customer_features', 'int_organization_gaps', 'int_activity_months'],
            'delivered': ['member_visits', 'interactions']
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set month = customer + ['month_number'] -%}
{% set kinds = ['transactions', 'visits', 'shipments', 'interactions'] -%}
{% set rule = var('activity') -%}
{% set weights = rule.engagement_weights -%}
{% set sources = [
    ('rhythms', ref('int_customer_rhythms'), 'rhythms.month_number'),
    ('counts', ref('int_activity_months'), 'counts.month_number'),
] -%}
{% if is_incremental() -%}
{%- do sources.append(('standing', this, month_index('standing.month_start'))) -%}
{%- endif -%}

-- Written are all months from the first on of which something is known anew of everybody, and of customers with late
-- facts, those from the first month with such a fact on.

with build_window as (

    {{ build_window() }}

),

deliveries as (

    select
        loads.organization_id,
        max(case when loads.export = 'member_visits' then 1 else 0 end) as has_visits,
        max(case when loads.export = 'interactions' then 1 else 0 end) as has_interactions
    from {{ source('ops', 'file_loads') }} as loads
    inner join build_window
        on
            loads.organization_id = build_window.organization_id
            and loads.export_date <= build_window.as_of_date
            and loads.load_id <= build_window.through_load_id
    where loads.status = 'loaded'
    group by loads.organization_id

),

{% if is_incremental() -%}
{%- set first_day = first_changed_cutoff(with_rhythms=true) -%}
{%- set first_months -%}
    select
        organization_id,
        min({{ month_index('cutoff') }}) as first_month
    from (

        {{ changed_cutoffs(with_rhythms=true) }}

    ) as changed_cutoffs
    group by organization_id
{%- endset -%}
{%- set late_customers -%}
    select
        touched.{{ customer | join(',\n        touched.') }},
        min(touched.month_number) as first_month
    from (

        {{ touched('touched_activity', ['customer_type', 'customer_id', 'month_number']) }}

        union all

        select
            {{ customer | join(',\n            ') }},
            0 as month_number
        from (

            {{ touched('touched_features', ['customer_type', 'customer_id']) }}

        ) as touched_features

    ) as touched
    left join first_months
        on touched.organization_id = first_months.organization_id
    where coalesce(touched.month_number < first_months.first_month, true)
    group by touched.{{ customer | join(', touched.') }}
{%- endset -%}
{%- set is_late = execute and run_query(
    'with build_window as (' ~ build_window() ~ '), first_months as (' ~ first_months ~ ') ' ~ late_customers ~ ' limit 1'
).rows | length > 0 -%}
first_months as (

    {{ first_months }}

),

{% if is_late -%}
late_customers as (

    {{ late_customers }}

),

{% endif -%}
-- what was bought until the first month that is written
earlier as (

    select
        months.{{ customer | join(',\n        months.') }},
        max(months.month_number * cast(16777216 as bigint) + months.months_bought) as newest_bought
    from {{ ref('int_activity_months') }} as months
    inner join first_months
        on
            months.organization_id = first_months.organization_id
            and months.month_number < first_months.first_month
    {%- if is_late %}
    left join late_customers
        on {{ same_key('months', 'late_customers', customer) }}
    where late_customers.customer_id is null
    {%- endif %}
    group by months.{{ customer | join(', months.') }}

    {%- if is_late %}

    union all

    select
        months.{{ customer | join(',\n        months.') }},
        max(months.month_number * cast(16777216 as bigint) + months.months_bought) as newest_bought
    from {{ ref('int_activity_months') }} as months
    inner join late_customers
        on
            {{ same_key('months', 'late_customers', customer) }}
            and months.month_number < late_customers.first_month
    group by months.{{ customer | join(', months.') }}
    {%- endif %}

),

{% endif -%}
{% for name, relation, month_number in sources -%}
{{ name }} as (

    select {{ name }}.*
    from {{ relation }} as {{ name }}
    {%- if is_incremental() %}
    inner join first_months
        on
            {{ name }}.organization_id = first_months.organization_id
            and {{ month_number }} >= first_months.first_month
    {%- if name == 'rhythms' %}
    where {{ name }}.cutoff >= {{ first_day }}
    {%- elif name == 'standing' %}
    where {{ name }}.month_start > {{ plus_days(first_day, -31) }}
    {%- endif %}
    {%- if is_late %}

    union all

    select {{ name }}.*
    from {{ relation }} as {{ name }}
    inner join late_customers
        on
            {{ same_key(name, 'late_customers', customer) }}
            and {{ month_number }} >= late_customers.first_month
    left join first_months
        on {{ name }}.organization_id = first_months.organization_id
    where coalesce({{ month_number }} < first_months.first_month, true)
    {%- endif %}
    {%- endif %}

),

{% endfor -%}
-- a fact that was delivered late may stand in a month in which nothing was known of the customer yet
months as (

    select
        {{ month | join(',\n        ') }},
        {% for kind in kinds -%}
        coalesce(counts.{{ kind }}, 0) as {{ kind }},
        {% endfor -%}
        month_number * cast(16777216 as bigint) + counts.months_bought as newest_bought,
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
        using ({{ month | join(', ') }})

),

carried as (

    select
        months.*,
        coalesce(
            max(months.newest_bought) over until_then,
            {{ 'earlier.newest_bought,' if is_incremental() }}
            0
        ) as newest_until_then
    from months
    {%- if is_incremental() %}
    left join earlier
        on {{ same_key('months', 'earlier', customer) }}
    {%- endif %}
    window until_then as (
        partition by months.{{ customer | join(', months.') }}
        order by months.month_number
    )

),

-- months with a purchase as bits, this one the first, of two years: see int_activity_months
bought as (

    select
        *,
        (
            (newest_until_then & 16777215)
            << cast(least(month_number - (newest_until_then >> 24), 24) as integer)
        ) & 16777215 as months_bought
    from carried

),

seasons as (

    select
        *,
        {{ count_bits('months_bought & 4095') }} as active_months,
        {{ count_bits('months_bought >> 12') }} as active_months_before,
        {{ count_bits('months_bought & (months_bought >> 12)') }} as repeated_months
    from bought

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
        coalesce(measured.cutoff = build_window.as_of_date, false) as is_current,
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
    inner join build_window
        on measured.organization_id = build_window.organization_id

)

{% if is_incremental() -%}
-- a row that is no more comes along as a tombstone
select *
from final
full outer join (
    select
        {{ customer | join(',\n        ') }},
        month_start
    from standing
) as standing_rows using ({{ customer | join(', ') }}, month_start)
{%- else -%}
select * from final
{%- endif %}
