with months as (
    select
        customer_id,
        cast(date_trunc('month', ordered_date) as date) as month_start,
        sum(order_count) as transactions
    from by_hand.fct_customer_day
    group by 1, 2
),

frames as (
    select
        rhythms.*,
        coalesce(months.transactions, 0) as transactions,
        cast(
            extract(year from rhythms.month_start) * 12 + extract(month from rhythms.month_start) as integer
        ) as month_number
    from by_hand.rhythms
    left join months on rhythms.customer_id = months.customer_id and rhythms.month_start = months.month_start
),

-- the months of a year ago beside this year's
seasons as (
    select
        *,
        case when transactions > 0 then 1 else 0 end as is_active,
        case when lag(transactions, 12) over (partition by customer_id order by month_number) > 0 then 1 else 0 end
            as was_active
    from frames
),

years as (
    select
        *,
        sum(is_active) over this_year as active_this_year,
        sum(was_active) over this_year as active_last_year,
        sum(is_active * was_active) over this_year as active_both,
        usual_gap_days is not null and recency_days > greatest(3 * usual_gap_days, 30) as is_away,
        100.0 * transactions_90d / (transactions_90d + 3) as frequency_score
    from seasons
    window this_year as (partition by customer_id order by month_number rows between 11 preceding and current row)
)

select
    customer_id,
    month_start,
    is_current,
    cast(transactions as bigint) as transactions,
    frequency_score,
    (coalesce(100 * 30.0 / (30 + recency_days), 0) + frequency_score) / 2 as engagement_score,
    coalesce(is_away, false) as is_dormant,
    case
        when transaction_count = 0 then null
        when tenure_days < 90 then 'new'
        when
            active_both >= 2
            and 2 * active_both >= active_this_year + active_last_year - active_both
            and active_this_year <= 6
            and active_last_year <= 6
            then 'seasonal'
        when is_away then 'dormant'
        when transactions_180d >= 4 and transactions_90d >= 1.5 * (transactions_180d - transactions_90d) then 'growing'
        when transactions_180d >= 4 and 1.5 * transactions_90d <= transactions_180d - transactions_90d
            then 'declining'
        when active_days >= 4 and gap_mean_days <= 1.5 * gap_median_days then 'steady'
        else 'sporadic'
    end as activity_pattern,
    preferred_weekday,
    preferred_hour_band
from years
