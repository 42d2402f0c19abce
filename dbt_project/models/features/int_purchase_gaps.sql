-- depends_on: {{ ref('int_feature_customers') }}
{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_number']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Days between a customer's active days, as they were known at the end of each month that changed them; of customers
-- whose days have changed since the last build.

{% set whole = feature_bounds()['whole'] -%}

with days as (

    select
        days.{{ customer | join(',\n        days.') }},
        days.transaction_date as active_date,
        {{ month_index('days.known_from') }} as known_month,
        {{ month_index('days.known_to') }} as corrected_month
    from {{ ref('int_known_days') }} as days
    inner join {{ ref('as_of_dates') }} as as_of
        on
            days.organization_id = as_of.organization_id
            and days.known_from <= as_of.as_of_date
    {%- if not whole %}
    inner join {{ ref('int_feature_customers') }} as scope
        on
            {{ same_key('days', 'scope', customer) }}
            and (scope.has_new_days or scope.is_read_again)
    {%- endif %}
    where days.transaction_count > 0

),

active_days as (

    select
        {{ customer | join(',\n        ') }},
        active_date,
        min(known_month) as known_month,
        count(corrected_month) > 0 as is_corrected
    from days
    group by
        {{ customer | join(',\n        ') }},
        active_date

),

ordered as (

    select
        *,
        active_date - lag(active_date) over this_customer as gap_days,
        known_month < max(known_month) over this_customer or is_corrected as is_out_of_order
    from active_days
    window this_customer as (partition by {{ customer | join(', ') }} order by active_date)

),

customers as (

    select
        {{ customer | join(',\n        ') }},
        min(active_date) as first_date,
        array_agg(gap_days order by active_date) filter (where gap_days is not null) as gaps,
        bool_or(is_out_of_order) as is_out_of_order
    from ordered
    group by {{ customer | join(', ') }}

),

-- where days became known in their order, what was known at the end of a month are the first of all days
months as (

    select
        {{ customer | join(',\n        ') }},
        known_month as month_number,
        max(active_date) as last_date,
        count(*) as new_days
    from active_days
    group by
        {{ customer | join(',\n        ') }},
        known_month

),

in_order as (

    select
        months.{{ customer | join(',\n        months.') }},
        months.month_number,
        customers.first_date,
        months.last_date,
        sum(months.new_days) over (
            partition by months.{{ customer | join(', months.') }}
            order by months.month_number
        ) as active_days,
        customers.gaps
    from months
    inner join customers
        on {{ same_key('months', 'customers', customer) }}
    where not customers.is_out_of_order

),

-- for the few others, the days known at the end of each month are gathered anew
late_days as (

    select days.*
    from days
    inner join customers
        on {{ same_key('days', 'customers', customer) }}
    where customers.is_out_of_order

),

changed_months as (

    select
        {{ customer | join(',\n        ') }},
        known_month as month_number
    from late_days

    union

    select
        {{ customer | join(',\n        ') }},
        corrected_month as month_number
    from late_days
    where corrected_month is not null

),

days_by_month as (

    select distinct
        changed_months.{{ customer | join(',\n        changed_months.') }},
        changed_months.month_number,
        late_days.active_date
    from changed_months
    left join late_days
        on
            {{ same_key('changed_months', 'late_days', customer) }}
            and changed_months.month_number >= late_days.known_month
            and (late_days.corrected_month is null or changed_months.month_number < late_days.corrected_month)

),

gaps_by_month as (

    select
        *,
        active_date - lag(active_date) over (
            partition by {{ customer | join(', ') }}, month_number
            order by active_date
        ) as gap_days
    from days_by_month

),

out_of_order as (

    select
        {{ customer | join(',\n        ') }},
        month_number,
        min(active_date) as first_date,
        max(active_date) as last_date,
        count(active_date) as active_days,
        array_agg(gap_days order by active_date) filter (where gap_days is not null) as gaps
    from gaps_by_month
    group by
        {{ customer | join(',\n        ') }},
        month_number

),

all_months as (

    select * from in_order
    union all
    select * from out_of_order

),

final as (

    select
        {{ customer | join(',\n        ') }},
        month_number,
        first_date,
        last_date,
        cast(active_days as integer) as active_days,
        cast(gaps[cast(active_days - 1 as integer)] as integer) as last_gap_days,
        {{ median_of_first('gaps', 'cast(active_days - 1 as integer)') }} as gap_median_days
    from all_months

)

select * from final
