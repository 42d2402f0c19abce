-- The metrics of all customers add up to the days until the as-of date, but for the unknown customer.
{{ config(meta={'dagster': {'ref': {'name': 'customer_metrics'}}}) }}

with days as (

    select
        days.organization_id,
        sum(days.revenue) as revenue,
        sum(days.gross_margin) as gross_margin,
        sum(days.order_count) as order_count
    from {{ ref('fct_customer_day') }} as days
    inner join {{ ref('as_of_dates') }} as as_of
        on
            days.organization_id = as_of.organization_id
            and days.transaction_date <= as_of.as_of_date
    where days.customer_type <> 'unknown'
    group by days.organization_id

),

metrics as (

    select
        organization_id,
        sum(total_revenue) as revenue,
        sum(total_gross_margin) as gross_margin,
        sum(order_count) as order_count
    from {{ ref('customer_metrics') }}
    group by organization_id

)

select
    days.*,
    metrics.*
from days
left join metrics
    on days.organization_id = metrics.organization_id
where
    metrics.organization_id is null
    or days.revenue <> metrics.revenue
    or days.gross_margin <> metrics.gross_margin
    or days.order_count <> metrics.order_count
