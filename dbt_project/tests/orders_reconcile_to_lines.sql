-- Orders that were made from lines bring what their lines bring.
{{ config(meta={'dagster': {'ref': {'name': 'fct_orders'}}}) }}

select
    orders.organization_id,
    orders.order_id
from {{ recent(ref('fct_orders'), '_export_date') }} as orders
left join {{ ref('fct_order_lines') }} as lines
    on
        orders.organization_id = lines.organization_id
        and orders.order_id = lines.order_id
where orders.is_derived_from_lines
group by orders.organization_id, orders.order_id, orders.revenue
having orders.revenue <> coalesce(sum(lines.revenue), -1)
-- depends_on: {{ ref('as_of_dates') }}
