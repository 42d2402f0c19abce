select
    customer_id,
    ordered_date,
    count(*) as transaction_count,
    count(case when not is_cancelled and not is_refund then 1 end) as order_count,
    count(case when is_cancelled then 1 end) as cancelled_count,
    count(case when not is_cancelled and is_refund then 1 end) as refund_count,
    sum(case when is_cancelled then 0 else order_revenue end) as revenue,
    sum(case when is_cancelled then 0 else gross_margin end) as gross_margin
from by_hand.fct_orders
group by customer_id, ordered_date
