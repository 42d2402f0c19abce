{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_number']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Days between a customer's active days, as they stood at the end of each month that brought one.

with active_days as (

    select
        days.{{ customer | join(',\n        days.') }},
        days.transaction_date as active_date,
        min({{ month_index('days.known_from') }}) as month_number
    from {{ ref('int_known_days') }} as days
    inner join {{ ref('as_of_dates') }} as as_of
        on
            days.organization_id = as_of.organization_id
            and days.known_from <= as_of.as_of_date
    where days.transaction_count > 0
    group by
        days.{{ customer | join(',\n        days.') }},
        days.transaction_date

),

ordered as (

    select
        *,
        min(active_date) over this_customer as first_date,
        active_date - lag(active_date) over this_customer as gap_days,
        row_number() over this_customer as day_number,
        row_number() over (
            partition by {{ customer | join(', ') }}, month_number
            order by active_date desc
        ) as newest_of_month
    from active_days
    window this_customer as (partition by {{ customer | join(', ') }} order by active_date)

),

gaps as (

    select
        {{ customer | join(',\n        ') }},
        array_agg(gap_days order by active_date) filter (where gap_days is not null) as all_gaps
    from ordered
    group by {{ customer | join(', ') }}

),

final as (

    select
        ordered.{{ customer | join(',\n        ordered.') }},
        ordered.month_number,
        ordered.first_date,
        ordered.active_date as last_date,
        cast(ordered.day_number as integer) as active_days,
        cast(ordered.gap_days as integer) as last_gap_days,
        {{ median_of_first('gaps.all_gaps', 'ordered.day_number - 1') }} as gap_median_days
    from ordered
    inner join gaps
        on {{ same_key('ordered', 'gaps', customer) }}
    where ordered.newest_of_month = 1

)

select * from final
