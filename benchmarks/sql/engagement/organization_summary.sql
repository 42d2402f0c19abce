select
    count(*) as total_customers,
    count(case when metrics.order_count > 0 then 1 end) as buying_customers,
    count(case when rhythms.recency_days < 90 then 1 end) as active_customers,
    count(accounts.customer_id) as dormant_accounts,
    sum(accounts.value_at_risk) as value_at_risk,
    sum(metrics.total_revenue) as total_revenue,
    sum(metrics.total_gross_margin) as total_gross_margin,
    cast(sum(metrics.order_count) as bigint) as order_count
from by_hand.customer_metrics as metrics
inner join by_hand.rhythms on metrics.customer_id = rhythms.customer_id and rhythms.is_current
left join by_hand.dormant_accounts as accounts on metrics.customer_id = accounts.customer_id
