with months as (
    select
        customer_id,
        cast(date_trunc('month', ordered_date) as date) as month_start,
        cast(extract(year from ordered_date) * 12 + extract(month from ordered_date) as integer) as month_number,
        sum(revenue) as revenue,
        sum(gross_margin) as gross_margin,
        sum(order_count) as order_count
    from by_hand.fct_customer_day
    where order_count > 0 or refund_count > 0
    group by 1, 2, 3
),

framed as (
    select
        *,
        sum(revenue) over (by_month range between 1 preceding and 1 preceding) as revenue_previous_month,
        sum(revenue) over (by_month range between 2 preceding and current row) as revenue_this_quarter,
        sum(revenue) over (by_month range between 5 preceding and 3 preceding) as revenue_previous_quarter,
        sum(revenue) over (by_month range between 12 preceding and 12 preceding) as revenue_previous_year,
        sum(gross_margin) over (by_month range between 1 preceding and 1 preceding) as gross_margin_previous_month,
        sum(gross_margin) over (by_month range between 2 preceding and current row) as gross_margin_this_quarter,
        sum(gross_margin) over (by_month range between 5 preceding and 3 preceding) as gross_margin_previous_quarter,
        sum(gross_margin) over (by_month range between 12 preceding and 12 preceding) as gross_margin_previous_year,
        sum(order_count) over (by_month range between 1 preceding and 1 preceding) as order_count_previous_month,
        sum(order_count) over (by_month range between 2 preceding and current row) as order_count_this_quarter,
        sum(order_count) over (by_month range between 5 preceding and 3 preceding) as order_count_previous_quarter,
        sum(order_count) over (by_month range between 12 preceding and 12 preceding) as order_count_previous_year,
        sum(revenue) over (by_month range between 11 preceding and current row) as revenue_this_year,
        sum(revenue * month_number) over (by_month range between 11 preceding and current row) as revenue_by_month,
        least(12, month_number - min(month_number) over (partition by customer_id) + 1) as n
    from months
    window by_month as (partition by customer_id order by month_number)
)

-- the slope is 12 sum(xy) / (n (n^2 - 1)) - 6 sum(y) / (n (n + 1)) for x = 0 .. n - 1
select
    customer_id,
    month_start,
    revenue,
    gross_margin,
    cast(order_count as bigint) as order_count,
    case
        when
            revenue_previous_month > 0
            then
                100
                * cast(revenue - revenue_previous_month as double precision)
                / cast(revenue_previous_month as double precision)
    end
        as revenue_mom_percent,
    case
        when
            revenue_previous_quarter > 0
            then
                100
                * cast(revenue_this_quarter - revenue_previous_quarter as double precision)
                / cast(revenue_previous_quarter as double precision)
    end
        as revenue_qoq_percent,
    case
        when
            revenue_previous_year > 0
            then
                100
                * cast(revenue - revenue_previous_year as double precision)
                / cast(revenue_previous_year as double precision)
    end
        as revenue_yoy_percent,
    case
        when
            gross_margin_previous_month > 0
            then
                100
                * cast(gross_margin - gross_margin_previous_month as double precision)
                / cast(gross_margin_previous_month as double precision)
    end
        as gross_margin_mom_percent,
    case
        when
            gross_margin_previous_quarter > 0
            then
                100
                * cast(gross_margin_this_quarter - gross_margin_previous_quarter as double precision)
                / cast(gross_margin_previous_quarter as double precision)
    end
        as gross_margin_qoq_percent,
    case
        when
            gross_margin_previous_year > 0
            then
                100
                * cast(gross_margin - gross_margin_previous_year as double precision)
                / cast(gross_margin_previous_year as double precision)
    end
        as gross_margin_yoy_percent,
    case
        when
            order_count_previous_month > 0
            then
                100
                * cast(order_count - order_count_previous_month as double precision)
                / cast(order_count_previous_month as double precision)
    end
        as order_count_mom_percent,
    case
        when
            order_count_previous_quarter > 0
            then
                100
                * cast(order_count_this_quarter - order_count_previous_quarter as double precision)
                / cast(order_count_previous_quarter as double precision)
    end
        as order_count_qoq_percent,
    case
        when
            order_count_previous_year > 0
            then
                100
                * cast(order_count - order_count_previous_year as double precision)
                / cast(order_count_previous_year as double precision)
    end
        as order_count_yoy_percent,
    cast(
        12 * (revenue_by_month - (month_number - n + 1) * revenue_this_year) - 6 * (n - 1) * revenue_this_year
        as double precision
    ) / nullif(n * (n * n - 1), 0) as revenue_trend_per_month
from framed
