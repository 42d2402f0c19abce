select
    count(*) as total_customers,
    count(case when is_top_20 then 1 end) as top20_count,
    sum(total_gross_margin) as total_margin,
    sum(case when is_top_20 then total_gross_margin end) as top20_margin,
    100 * sum(case when is_top_20 then total_gross_margin end) / sum(total_gross_margin) as top20_margin_share_percent,
    avg(case when is_top_20 then total_gross_margin end) as top20_avg_margin,
    avg(case when not is_top_20 then total_gross_margin end) as others_avg_margin,
    avg(case when is_top_20 then total_gross_margin end) / avg(case when not is_top_20 then total_gross_margin end)
        as margin_lift,
    avg(case when is_top_20 then order_frequency end) as top20_avg_order_frequency,
    avg(case when not is_top_20 then order_frequency end) as others_avg_order_frequency
from by_hand.customer_metrics
