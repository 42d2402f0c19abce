{{
    config(
        indexes=btree([
            ['organization_id', 'customer_type', 'customer_id', 'cutoff'],
            ['organization_id', 'cutoff']
        ])
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set windows = [30, 90, 180, 365] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

changes as (

    select * from {{ ref('int_feature_changes') }}

),

gaps as (

    select * from {{ ref('int_purchase_gaps') }}

),

customers as (

    select
        {{ customer | join(',\n        ') }},
        valid_from,
        valid_to,
        membership_status,
        membership_type,
        industry,
        naics,
        city,
        state,
        country,
        zip_code,
        employee_count,
        annual_revenue,
        birth_year,
        customer_since
    from {{ ref('dim_customer') }}
    where customer_type <> 'unknown'

),

seen as (

    select
        {{ customer | join(',\n        ') }},
        min(known_since) as known_since
    from (
        select
            {{ customer | join(',\n            ') }},
            known_since
        from changes

        union all

        select
            {{ customer | join(',\n            ') }},
            valid_from as known_since
        from {{ ref('int_customer_versions') }}
    ) as facts_and_lists
    group by {{ customer | join(', ') }}

),

known as (

    select
        customers.{{ customer | join(',\n        customers.') }},
        least(coalesce(min(seen.known_since), min(customers.valid_from)), min(as_of.as_of_date)) as known_since
    from customers
    inner join as_of
        on customers.organization_id = as_of.organization_id
    left join seen
        on {{ same_key('customers', 'seen', customer) }}
    group by
        customers.{{ customer | join(',\n        customers.') }}

),

spans as (

    select
        known.organization_id,
        as_of.as_of_date,
        cast({{ dbt.date_trunc('month', 'min(known.known_since)') }} as date) as first_day
    from known
    inner join as_of
        on known.organization_id = as_of.organization_id
    group by known.organization_id, as_of.as_of_date

),

calendar as (

    {{ date_series('spans', 'first_day', 'as_of_date', ['organization_id', 'as_of_date']) }}

),

cutoffs as (

    select
        organization_id,
        {{ month_index('calendar_date') }} as month_number,
        max(calendar_date) as cutoff,
        max(calendar_date) = as_of_date as is_current,
        {{ month_index('max(calendar_date)') }} <> {{ month_index(plus_days('max(calendar_date)', 1)) }} as is_month_end
    from calendar
    group by organization_id, as_of_date, {{ month_index('calendar_date') }}

),

spine as (

    select
        known.{{ customer | join(',\n        known.') }},
        known.known_since,
        cutoffs.month_number,
        cutoffs.cutoff,
        cutoffs.is_month_end,
        cutoffs.is_current
    from known
    inner join cutoffs
        on
            known.organization_id = cutoffs.organization_id
            and known.known_since <= cutoffs.cutoff

),

totals as (

    select
        spine.*,
        {% for name, type in feature_sums() -%}
        cast(sum(coalesce(changes.{{ name }}, 0)) over until_then as {{ type }}) as {{ name }},
        {% endfor -%}
        {% for name, type, expression in newest_contacts() -%}
        max(changes.{{ name }}) over until_then as {{ name }},
        {% endfor -%}
        max(gaps.month_number) over until_then as gaps_month_number
    from spine
    left join changes
        on
            {{ same_key('spine', 'changes', customer) }}
            and spine.month_number = changes.month_number
    left join gaps
        on
            {{ same_key('spine', 'gaps', customer) }}
            and spine.month_number = gaps.month_number
    window until_then as (
        partition by spine.{{ customer | join(', spine.') }}
        order by spine.month_number
    )

),

final as (

    select
        totals.{{ customer | join(',\n        totals.') }},
        totals.cutoff,
        totals.is_month_end,
        totals.is_current,
        totals.known_since,
        cast(totals.cutoff - gaps.first_date as integer) as tenure_days,
        cast(totals.cutoff - gaps.last_date as integer) as recency_days,
        totals.transaction_count,
        coalesce(gaps.active_days, 0) as active_days,
        greatest(coalesce(gaps.active_days, 0) - 1, 0) as repeat_count,
        totals.total_revenue,
        totals.total_gross_margin,
        {% for measure in ['revenue', 'margin', 'transactions'] -%}
        {% for window in windows -%}
        totals.{{ measure }}_{{ window }}d,
        {% endfor -%}
        {% endfor -%}
        cast(totals.revenue_180d - totals.revenue_90d as numeric(18, 2)) as revenue_previous_90d,
        case
            when totals.revenue_180d - totals.revenue_90d > 0
                then {{ ratio('totals.revenue_90d', 'totals.revenue_180d - totals.revenue_90d') }}
        end as revenue_trend_90d,
        greatest(coalesce(gaps.active_days, 0) - 1, 0) as gap_count,
        {{ ratio('gaps.last_date - gaps.first_date', 'gaps.active_days - 1') }} as gap_mean_days,
        gaps.gap_median_days,
        gaps.last_gap_days,
        {{ ratio('totals.cutoff - gaps.last_date', 'gaps.gap_median_days') }} as recency_over_median_gap,
        totals.product_categories_365d,
        totals.products_365d,
        totals.cancellations_365d,
        {{ ratio('totals.cancellations_365d', 'totals.transactions_365d + totals.cancellations_365d') }}
            as cancellation_rate_365d,
        totals.returns_365d,
        {{ ratio('totals.returns_365d', 'totals.transactions_365d + totals.returns_365d') }} as return_rate_365d,
        totals.no_shows_365d,
        {{ ratio('totals.weekday_6_count + totals.weekday_7_count', 'totals.transaction_count') }} as weekend_share,
        case
            when totals.transaction_count = 0 then null
            {% for weekday in range(1, 7) -%}
            when totals.weekday_{{ weekday }}_count >= greatest(
                {%- for other in range(weekday + 1, 8) -%}
                totals.weekday_{{ other }}_count{{ ', ' if not loop.last }}
                {%- endfor -%}
            ) then {{ weekday }}
            {% endfor -%}
            else 7
        end as preferred_weekday,
        case
            when totals.transaction_count = 0 then null
            when
                totals.morning_count >= totals.evening_count
                and 2 * totals.morning_count + totals.evening_count >= totals.transaction_count
                then 'morning'
            when 2 * totals.evening_count + totals.morning_count > totals.transaction_count then 'evening'
            else 'afternoon'
        end as preferred_hour_band,
        {{ ratio('totals.evening_count', 'totals.transaction_count') }} as evening_share,
        totals.interactions_90d,
        totals.interactions_365d,
        totals.complaints_365d,
        cast(totals.cutoff - totals.last_interaction_date as integer) as days_since_interaction,
        totals.tickets_90d,
        totals.tickets_365d,
        totals.tickets_opened - totals.tickets_closed as tickets_open,
        {{ ratio('totals.ticket_hours_365d', 'totals.tickets_closed_365d') }} as ticket_hours_to_close_365d,
        {{ ratio('totals.csat_sum_365d', 'totals.csat_count_365d') }} as csat_mean_365d,
        10 - totals.last_nps % 16 as nps_last,
        {{ plus_days(nps_epoch(), 'cast((totals.last_nps - totals.last_nps % 16) / 16 as integer)') }} as nps_last_date,
        totals.visits_30d,
        totals.visits_90d,
        cast(totals.cutoff - totals.last_visit_date as integer) as days_since_visit,
        totals.survey_responses_365d,
        customers.membership_status as status,
        customers.membership_type,
        customers.industry,
        customers.naics,
        customers.city,
        customers.state,
        customers.country,
        customers.zip_code,
        customers.employee_count,
        customers.annual_revenue,
        customers.birth_year,
        cast(extract(year from totals.cutoff) - customers.birth_year as integer) as age_years,
        customers.customer_since as join_date
    from totals
    left join gaps
        on
            {{ same_key('totals', 'gaps', customer) }}
            and totals.gaps_month_number = gaps.month_number
    left join customers
        on
            {{ same_key('totals', 'customers', customer) }}
            and totals.cutoff >= customers.valid_from
            and (customers.valid_to is null or totals.cutoff < customers.valid_to)

)

select * from final
