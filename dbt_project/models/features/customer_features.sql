-- depends_on: {{ ref('as_of_dates') }}, {{ ref('int_feature_customers') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_cutoffs',
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'customer_type', 'customer_id', 'cutoff'],
            ['organization_id', 'cutoff']
        ]),
        pre_hook='{{ refuse_features_of_another_build() }}',
        meta={
            'upstream': [
                'fct_orders', 'fct_bookings', 'fct_shipments', 'fct_order_lines', 'fct_interactions', 'fct_visits',
                'fct_survey_responses', 'fct_support_tickets', 'int_customer_versions', 'int_superseded_transactions',
                'int_superseded_lines', 'int_known_days', 'int_known_contacts'
            ],
            'known_by': [
                'orders', 'order_lines', 'bookings', 'shipments', 'interactions', 'member_visits', 'survey_responses',
                'support_tickets'
            ]
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set windows = [30, 90, 180, 365] -%}
{% set whole = feature_bounds()['whole'] -%}

-- Sums at a cutoff are those at the one before and what has changed since. A build goes on from the rows of the last
-- as-of date; customers who are read again, and organizations that are made anew, begin from nothing. Who reads on by
-- increments finds the cutoffs that a build changed in ops.touched_cutoffs, and in ops.touched_features the customers
-- whose rows of earlier cutoffs, which are meant to stay, changed or went.

with as_of as (

    select * from {{ ref('int_feature_window') }}

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

{% if not whole -%}
standing as (

    select
        features.*,
        features.cutoff - features.tenure_days as first_date,
        features.cutoff - features.recency_days as last_date,
        features.cutoff - features.days_since_interaction as last_interaction_date,
        features.cutoff - features.days_since_visit as last_visit_date,
        {{ day_and_nps('features.nps_last_date', 'features.nps_last') }} as last_nps
    from {{ this }} as features
    inner join as_of
        on
            features.organization_id = as_of.organization_id
            and features.cutoff = as_of.from_date
    where
        features.is_current
        and not as_of.is_rebuild
        and not exists (
            select 1
            from {{ ref('int_feature_customers') }} as again
            where
                again.is_read_again
                and {{ same_key('again', 'features', customer) }}
        )

),

{% endif -%}
known as (

    select
        customers.{{ customer | join(',\n        customers.') }},
        {% if whole -%}
        seen.known_since,
        date '0001-01-01' as from_date
        {%- else -%}
        coalesce(standing.known_since, seen.known_since) as known_since,
        coalesce(standing.cutoff, date '0001-01-01') as from_date
        {%- endif %}
    from (select distinct {{ customer | join(', ') }} from customers) as customers
    left join seen
        on {{ same_key('customers', 'seen', customer) }}
    {%- if not whole %}
    left join standing
        on {{ same_key('customers', 'standing', customer) }}
    {%- endif %}

),

spans as (

    select
        as_of.organization_id,
        as_of.as_of_date,
        coalesce(
            min(
                case
                    when known.from_date = date '0001-01-01' then known.known_since
                    else greatest(known.known_since, known.from_date)
                end
            ),
            as_of.as_of_date
        ) as first_day
    from as_of
    left join known
        on as_of.organization_id = known.organization_id
    group by as_of.organization_id, as_of.as_of_date

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
            and known.from_date < cutoffs.cutoff
            and (known.known_since <= cutoffs.cutoff or cutoffs.is_current)

),

gained as (

    select
        spine.*,
        {% for name, type in feature_sums() -%}
        sum(coalesce(changes.{{ name }}, 0)) over until_then as {{ name }},
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

totals as (

    select
        gained.{{ customer | join(',\n        gained.') }},
        gained.cutoff,
        gained.is_month_end,
        gained.is_current,
        gained.known_since,
        {% for name, type in feature_sums() -%}
        {% set before = to_cents('standing.' ~ name) if is_money(name) else 'standing.' ~ name -%}
        {% set sum = 'gained.' ~ name if whole else 'coalesce(' ~ before ~ ', 0) + gained.' ~ name -%}
        {{ from_cents(sum) if is_money(name) else 'cast(' ~ sum ~ ' as ' ~ type ~ ')' }} as {{ name }},
        {% endfor -%}
        {% for name, type, expression in newest_contacts() -%}
        {% if whole -%}
        gained.{{ name }},
        {% else -%}
        greatest(standing.{{ name }}, gained.{{ name }}) as {{ name }},
        {% endif -%}
        {% endfor -%}
        {% for name in ['first_date', 'last_date', 'active_days', 'gap_median_days', 'last_gap_days'] -%}
        {% if whole -%}
        gaps.{{ name }},
        {% else -%}
        case when gaps.customer_id is null then standing.{{ name }} else gaps.{{ name }} end as {{ name }},
        {% endif -%}
        {% endfor -%}
        gained.month_number
    from gained
    left join gaps
        on
            {{ same_key('gained', 'gaps', customer) }}
            and gained.gaps_month_number = gaps.month_number
    {%- if not whole %}
    left join standing
        on {{ same_key('gained', 'standing', customer) }}
    {%- endif %}

),

final as (

    select
        totals.{{ customer | join(',\n        totals.') }},
        totals.cutoff,
        totals.is_month_end,
        totals.is_current,
        totals.known_since,
        cast(totals.cutoff - totals.first_date as integer) as tenure_days,
        cast(totals.cutoff - totals.last_date as integer) as recency_days,
        totals.transaction_count,
        coalesce(totals.active_days, 0) as active_days,
        greatest(coalesce(totals.active_days, 0) - 1, 0) as repeat_count,
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
        greatest(coalesce(totals.active_days, 0) - 1, 0) as gap_count,
        {{ ratio('totals.last_date - totals.first_date', 'totals.active_days - 1') }} as gap_mean_days,
        totals.gap_median_days,
        totals.last_gap_days,
        {{ ratio('totals.cutoff - totals.last_date', 'totals.gap_median_days') }} as recency_over_median_gap,
        totals.product_categories_365d,
        totals.products_365d,
        totals.cancellations_365d,
        {{ ratio('totals.cancellations_365d', 'totals.transactions_365d + totals.cancellations_365d') }}
            as cancellation_rate_365d,
        totals.returns_365d,
        {{ ratio('totals.returns_365d', 'totals.transactions_365d + totals.returns_365d') }} as return_rate_365d,
        totals.no_shows_365d,
        {% for weekday in range(1, 8) -%}
        totals.weekday_{{ weekday }}_count,
        {% endfor -%}
        totals.morning_count,
        totals.evening_count,
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
        totals.tickets_open,
        totals.tickets_closed_365d,
        totals.ticket_hours_365d,
        {{ ratio('totals.ticket_hours_365d', 'totals.tickets_closed_365d') }} as ticket_hours_to_close_365d,
        totals.csat_count_365d,
        totals.csat_sum_365d,
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
    left join customers
        on
            {{ same_key('totals', 'customers', customer) }}
            and totals.cutoff >= customers.valid_from
            and (customers.valid_to is null or totals.cutoff < customers.valid_to)

)

select * from final
