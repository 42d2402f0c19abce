with lifetimes as (
    select
        customer_id,
        sum(revenue) as total_revenue,
        sum(gross_margin) as total_gross_margin,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(refund_count) as bigint) as refund_count,
        cast(sum(cancelled_count) as bigint) as cancelled_count,
        min(case when order_count > 0 then ordered_date end) as first_order_date,
        max(case when order_count > 0 then ordered_date end) as last_order_date,
        count(distinct case when order_count > 0 then date_trunc('month', ordered_date) end) as active_months
    from by_hand.fct_customer_day
    group by customer_id
),

ranked as (
    select
        *,
        coalesce(last_order_date - first_order_date, 0) as days_as_customer,
        row_number() over (order by total_gross_margin desc, customer_id asc) as margin_rank,
        count(*) over () as customers,
        count(case when total_gross_margin > 0 then 1 end) over () as profitable_customers
    from lifetimes
)

select
    customer_id,
    total_revenue,
    total_gross_margin,
    case
        when
            total_revenue > 0
            then 100 * cast(total_gross_margin as double precision) / cast(total_revenue as double precision)
        else 0
    end as gross_margin_percent,
    order_count,
    coalesce(cast(total_revenue / nullif(order_count, 0) as numeric(18, 2)), 0) as avg_order_value,
    first_order_date,
    last_order_date,
    days_as_customer,
    case when days_as_customer > 0 then 30.0 * order_count / days_as_customer else 0 end as order_frequency,
    active_months,
    case
        when days_as_customer > 0 then least(100, 100 * active_months / greatest(days_as_customer / 30.0, 1))
        else 0
    end as consistency_score,
    date '$as_of' - last_order_date as recency_days,
    refund_count,
    cancelled_count,
    coalesce(
        cast(cancelled_count as double precision) / nullif(cancelled_count + order_count, 0), 0
    ) as return_rate,
    margin_rank,
    100.0 * (customers - margin_rank + 1) / customers as percentile_rank,
    margin_rank <= ceil(0.2 * profitable_customers) as is_top_20
from ranked
