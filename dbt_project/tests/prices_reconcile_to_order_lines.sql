-- The lines that elasticities are measured by are those of the star that were sold, with units and a price.
{{ config(meta={'dagster': {'ref': {'name': 'int_customer_prices'}}}) }}

with customers as (

    select distinct
        recent_orders.organization_id,
        recent_orders.customer_type,
        recent_orders.customer_id
    from {{ recent(ref('fct_orders'), '_export_date') }} as recent_orders
    where recent_orders.customer_type <> 'unknown'

),

sold as (

    select
        orders.organization_id,
        orders.customer_type,
        orders.customer_id,
        count(*) as line_count
    from customers
    inner join {{ ref('fct_orders') }} as orders
        on
            customers.organization_id = orders.organization_id
            and customers.customer_type = orders.customer_type
            and customers.customer_id = orders.customer_id
    inner join {{ ref('as_of_dates') }} as as_of
        on
            orders.organization_id = as_of.organization_id
            and orders.ordered_date <= as_of.as_of_date
    inner join {{ ref('fct_order_lines') }} as order_lines
        on
            orders.organization_id = order_lines.organization_id
            and orders.order_id = order_lines.order_id
    where
        not orders.is_cancelled
        and order_lines.is_product
        and order_lines.quantity > 0
        and order_lines.unit_price > 0
    group by orders.organization_id, orders.customer_type, orders.customer_id

),

measured as (

    select
        months.organization_id,
        months.customer_type,
        months.customer_id,
        sum(months.line_count) as line_count
    from customers
    inner join {{ ref('int_customer_prices') }} as months
        on
            customers.organization_id = months.organization_id
            and customers.customer_type = months.customer_type
            and customers.customer_id = months.customer_id
    group by months.organization_id, months.customer_type, months.customer_id

)

select
    organization_id,
    customer_type,
    customer_id
from measured
full outer join sold using (organization_id, customer_type, customer_id)
where coalesce(measured.line_count, 0) <> coalesce(sold.line_count, 0)
