-- The lines that elasticities are measured by are those of the star that were sold, with units and a price.

with months as (

    select
        organization_id,
        customer_type,
        customer_id,
        sum(line_count) as line_count
    from {{ ref('int_customer_prices') }}
    group by organization_id, customer_type, customer_id

),

sold as (

    select
        orders.organization_id,
        orders.customer_type,
        orders.customer_id,
        count(*) as line_count
    from {{ ref('fct_orders') }} as orders
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
        and orders.customer_type <> 'unknown'
        and order_lines.is_product
        and order_lines.quantity > 0
        and order_lines.unit_price > 0
    group by orders.organization_id, orders.customer_type, orders.customer_id

)

select
    organization_id,
    customer_type,
    customer_id
from months
full outer join sold using (organization_id, customer_type, customer_id)
where coalesce(months.line_count, 0) <> coalesce(sold.line_count, 0)
