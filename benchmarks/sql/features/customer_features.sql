-- A day's amounts come in at the first cutoff from it on, and leave a window of so many days that many days later.
with cutoffs as (
    select
        cast(month_start as date) as month_start,
        least(cast(month_start + interval '1 month' as date) - 1, date '$as_of') as cutoff
    from generate_series(timestamp '$first_day', timestamp '$as_of', interval '1 month') as months (month_start)
),

moves as (
    select
        customer_id,
        cast(date_trunc('month', ordered_date + days) as date) as month_start,
        min(case when days = 0 and order_count > 0 then ordered_date end) as first_date,
        max(case when days = 0 and order_count > 0 then ordered_date end) as last_date,
        count(case when days = 0 and order_count > 0 then 1 end) as active_days,
        sum(case days when 0 then order_count else 0 end) as transaction_count,
        sum(case days when 0 then revenue else 0 end) as total_revenue,
        sum(case days when 0 then gross_margin else 0 end) as total_gross_margin,
        sum(case days when 0 then revenue when 30 then -revenue else 0 end) as revenue_30d,
        sum(case days when 0 then revenue when 90 then -revenue else 0 end) as revenue_90d,
        sum(case days when 0 then revenue when 180 then -revenue else 0 end) as revenue_180d,
        sum(case days when 0 then revenue when 365 then -revenue else 0 end) as revenue_365d,
        sum(case days when 0 then gross_margin when 30 then -gross_margin else 0 end) as margin_30d,
        sum(case days when 0 then gross_margin when 90 then -gross_margin else 0 end) as margin_90d,
        sum(case days when 0 then gross_margin when 180 then -gross_margin else 0 end) as margin_180d,
        sum(case days when 0 then gross_margin when 365 then -gross_margin else 0 end) as margin_365d,
        sum(case days when 0 then order_count when 30 then -order_count else 0 end) as transactions_30d,
        sum(case days when 0 then order_count when 90 then -order_count else 0 end) as transactions_90d,
        sum(case days when 0 then order_count when 180 then -order_count else 0 end) as transactions_180d,
        sum(case days when 0 then order_count when 365 then -order_count else 0 end) as transactions_365d,
        sum(case days when 0 then cancelled_count when 365 then -cancelled_count else 0 end) as cancellations_365d,
        sum(case days when 0 then refund_count when 365 then -refund_count else 0 end) as returns_365d
    from by_hand.fct_customer_day
    cross join (values (0), (30), (90), (180), (365)) as windows (days)
    where ordered_date + days <= date '$as_of'
    group by 1, 2
),

habits as (
    select
        customer_id,
        cast(date_trunc('month', ordered_date) as date) as month_start,
        count(case when extract(isodow from ordered_date) = 1 then 1 end) as weekday_1_count,
        count(case when extract(isodow from ordered_date) = 2 then 1 end) as weekday_2_count,
        count(case when extract(isodow from ordered_date) = 3 then 1 end) as weekday_3_count,
        count(case when extract(isodow from ordered_date) = 4 then 1 end) as weekday_4_count,
        count(case when extract(isodow from ordered_date) = 5 then 1 end) as weekday_5_count,
        count(case when extract(isodow from ordered_date) = 6 then 1 end) as weekday_6_count,
        count(case when extract(isodow from ordered_date) = 7 then 1 end) as weekday_7_count,
        count(case when extract(hour from timezone('UTC', ordered_at)) < 12 then 1 end) as morning_count,
        count(case when extract(hour from timezone('UTC', ordered_at)) between 12 and 16 then 1 end)
            as afternoon_count,
        count(case when extract(hour from timezone('UTC', ordered_at)) >= 17 then 1 end) as evening_count
    from by_hand.fct_orders
    where not is_cancelled and order_revenue >= 0
    group by 1, 2
),

gaps as (
    select
        customer_id,
        ordered_date,
        ordered_date - lag(ordered_date) over (partition by customer_id order by ordered_date) as gap_days
    from by_hand.fct_customer_day
    where order_count > 0
),

medians as (
    select
        gaps.customer_id,
        cutoffs.cutoff,
        percentile_cont(0.5) within group (order by gaps.gap_days) as gap_median_days
    from gaps
    inner join cutoffs on gaps.ordered_date <= cutoffs.cutoff
    where gaps.gap_days is not null
    group by gaps.customer_id, cutoffs.cutoff
),

customers as (
    select
        customer_id,
        min(ordered_date) as known_since
    from by_hand.fct_customer_day
    group by customer_id
),

totals as (
    select
        customers.customer_id,
        customers.known_since,
        cutoffs.month_start,
        cutoffs.cutoff,
        min(first_date) over so_far as first_date,
        max(last_date) over so_far as last_date,
        coalesce(sum(active_days) over so_far, 0) as active_days,
        coalesce(sum(transaction_count) over so_far, 0) as transaction_count,
        coalesce(sum(total_revenue) over so_far, 0) as total_revenue,
        coalesce(sum(total_gross_margin) over so_far, 0) as total_gross_margin,
        coalesce(sum(revenue_30d) over so_far, 0) as revenue_30d,
        coalesce(sum(revenue_90d) over so_far, 0) as revenue_90d,
        coalesce(sum(revenue_180d) over so_far, 0) as revenue_180d,
        coalesce(sum(revenue_365d) over so_far, 0) as revenue_365d,
        coalesce(sum(margin_30d) over so_far, 0) as margin_30d,
        coalesce(sum(margin_90d) over so_far, 0) as margin_90d,
        coalesce(sum(margin_180d) over so_far, 0) as margin_180d,
        coalesce(sum(margin_365d) over so_far, 0) as margin_365d,
        coalesce(sum(transactions_30d) over so_far, 0) as transactions_30d,
        coalesce(sum(transactions_90d) over so_far, 0) as transactions_90d,
        coalesce(sum(transactions_180d) over so_far, 0) as transactions_180d,
        coalesce(sum(transactions_365d) over so_far, 0) as transactions_365d,
        coalesce(sum(cancellations_365d) over so_far, 0) as cancellations_365d,
        coalesce(sum(returns_365d) over so_far, 0) as returns_365d,
        coalesce(sum(weekday_1_count) over so_far, 0) as weekday_1_count,
        coalesce(sum(weekday_2_count) over so_far, 0) as weekday_2_count,
        coalesce(sum(weekday_3_count) over so_far, 0) as weekday_3_count,
        coalesce(sum(weekday_4_count) over so_far, 0) as weekday_4_count,
        coalesce(sum(weekday_5_count) over so_far, 0) as weekday_5_count,
        coalesce(sum(weekday_6_count) over so_far, 0) as weekday_6_count,
        coalesce(sum(weekday_7_count) over so_far, 0) as weekday_7_count,
        coalesce(sum(morning_count) over so_far, 0) as morning_count,
        coalesce(sum(afternoon_count) over so_far, 0) as afternoon_count,
        coalesce(sum(evening_count) over so_far, 0) as evening_count
    from customers
    inner join cutoffs on customers.known_since <= cutoffs.cutoff
    left join moves on customers.customer_id = moves.customer_id and cutoffs.month_start = moves.month_start
    left join habits on customers.customer_id = habits.customer_id and cutoffs.month_start = habits.month_start
    window so_far as (partition by customers.customer_id order by cutoffs.cutoff)
)

select
    totals.customer_id,
    totals.cutoff,
    totals.cutoff = cast(totals.month_start + interval '1 month' as date) - 1 as is_month_end,
    totals.cutoff = date '$as_of' as is_current,
    totals.known_since,
    cast(totals.cutoff - totals.first_date as integer) as tenure_days,
    cast(totals.cutoff - totals.last_date as integer) as recency_days,
    cast(totals.transaction_count as bigint) as transaction_count,
    cast(totals.active_days as integer) as active_days,
    cast(greatest(totals.active_days - 1, 0) as integer) as repeat_count,
    cast(totals.total_revenue as numeric(18, 2)) as total_revenue,
    cast(totals.total_gross_margin as numeric(18, 2)) as total_gross_margin,
    cast(totals.revenue_30d as numeric(18, 2)) as revenue_30d,
    cast(totals.revenue_90d as numeric(18, 2)) as revenue_90d,
    cast(totals.revenue_180d as numeric(18, 2)) as revenue_180d,
    cast(totals.revenue_365d as numeric(18, 2)) as revenue_365d,
    cast(totals.margin_30d as numeric(18, 2)) as margin_30d,
    cast(totals.margin_90d as numeric(18, 2)) as margin_90d,
    cast(totals.margin_180d as numeric(18, 2)) as margin_180d,
    cast(totals.margin_365d as numeric(18, 2)) as margin_365d,
    cast(totals.transactions_30d as bigint) as transactions_30d,
    cast(totals.transactions_90d as bigint) as transactions_90d,
    cast(totals.transactions_180d as bigint) as transactions_180d,
    cast(totals.transactions_365d as bigint) as transactions_365d,
    cast(totals.revenue_180d - totals.revenue_90d as numeric(18, 2)) as revenue_previous_90d,
    case
        when totals.revenue_180d > totals.revenue_90d
            then cast(totals.revenue_90d as double precision) / (totals.revenue_180d - totals.revenue_90d)
    end as revenue_trend_90d,
    cast(greatest(totals.active_days - 1, 0) as integer) as gap_count,
    cast(totals.last_date - totals.first_date as double precision) / nullif(totals.active_days - 1, 0)
        as gap_mean_days,
    medians.gap_median_days,
    gaps.gap_days as last_gap_days,
    (totals.cutoff - totals.last_date) / medians.gap_median_days as recency_over_median_gap,
    cast(totals.cancellations_365d as bigint) as cancellations_365d,
    cast(totals.cancellations_365d as double precision)
    / nullif(totals.cancellations_365d + totals.transactions_365d, 0)
        as cancellation_rate_365d,
    cast(totals.returns_365d as bigint) as returns_365d,
    cast(totals.returns_365d as double precision) / nullif(totals.returns_365d + totals.transactions_365d, 0)
        as return_rate_365d,
    cast(totals.weekday_6_count + totals.weekday_7_count as double precision) / nullif(totals.transaction_count, 0)
        as weekend_share,
    case
        when totals.transaction_count > 0
            then
                case greatest(
                    totals.weekday_1_count, totals.weekday_2_count, totals.weekday_3_count, totals.weekday_4_count,
                    totals.weekday_5_count, totals.weekday_6_count, totals.weekday_7_count
                )
                    when totals.weekday_1_count then 1
                    when totals.weekday_2_count then 2
                    when totals.weekday_3_count then 3
                    when totals.weekday_4_count then 4
                    when totals.weekday_5_count then 5
                    when totals.weekday_6_count then 6
                    else 7
                end
    end as preferred_weekday,
    case
        when totals.transaction_count > 0
            then
                case greatest(totals.morning_count, totals.afternoon_count, totals.evening_count)
                    when totals.morning_count then 'morning'
                    when totals.afternoon_count then 'afternoon'
                    else 'evening'
                end
    end as preferred_hour_band,
    cast(totals.evening_count as double precision) / nullif(totals.transaction_count, 0) as evening_share,
    cast(totals.weekday_1_count as bigint) as weekday_1_count,
    cast(totals.weekday_2_count as bigint) as weekday_2_count,
    cast(totals.weekday_3_count as bigint) as weekday_3_count,
    cast(totals.weekday_4_count as bigint) as weekday_4_count,
    cast(totals.weekday_5_count as bigint) as weekday_5_count,
    cast(totals.weekday_6_count as bigint) as weekday_6_count,
    cast(totals.weekday_7_count as bigint) as weekday_7_count,
    cast(totals.morning_count as bigint) as morning_count,
    cast(totals.evening_count as bigint) as evening_count
from totals
left join medians on totals.customer_id = medians.customer_id and totals.cutoff = medians.cutoff
left join gaps on totals.customer_id = gaps.customer_id and totals.last_date = gaps.ordered_date
