-- A customer's months add up to the customer's total.
{{ config(meta={'dagster': {'ref': {'name': 'customer_value_monthly'}}}) }}

with months as (

    select
        organization_id,
        customer_type,
        customer_id,
        sum(revenue) as revenue,
        sum(gross_margin) as gross_margin,
        sum(order_count) as order_count
    from {{ ref('customer_value_monthly') }}
    group by organization_id, customer_type, customer_id

)

select
    metrics.organization_id,
    metrics.customer_type,
    metrics.customer_id
from {{ ref('customer_metrics') }} as metrics
left join months
    on
        metrics.organization_id = months.organization_id
        and metrics.customer_type = months.customer_type
        and metrics.customer_id = months.customer_id
where
    metrics.total_revenue <> coalesce(months.revenue, 0)
    or metrics.total_gross_margin <> coalesce(months.gross_margin, 0)
    or metrics.order_count <> coalesce(months.order_count, 0)
