select
    *,
    cast(timezone('UTC', ordered_at) as date) as ordered_date,
    status in ('cancelled', 'returned') as is_cancelled,
    order_revenue < 0 as is_refund
from (
    select
        *,
        row_number() over (partition by order_id order by ordered_at desc) as version
    from by_hand.orders
) as versions
where version = 1
