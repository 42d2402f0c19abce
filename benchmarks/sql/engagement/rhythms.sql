-- What is usual for each customer at each cutoff, which several tables ask for.
with gaps as (
    select
        ordered_date,
        ordered_date - lag(ordered_date) over (partition by customer_id order by ordered_date) as gap_days
    from by_hand.fct_customer_day
    where order_count > 0
),

days as (
    select
        ordered_date,
        gap_days,
        count(*) as gaps
    from gaps
    where gap_days is not null
    group by ordered_date, gap_days
),

lengths as (
    select
        cutoffs.cutoff,
        days.gap_days,
        sum(days.gaps) as gaps
    from (select distinct cutoff from by_hand.customer_features) as cutoffs
    inner join days on cutoffs.cutoff >= days.ordered_date
    group by cutoffs.cutoff, days.gap_days
),

places as (
    select
        *,
        sum(gaps) over (partition by cutoff order by gap_days) as place,
        sum(gaps) over (partition by cutoff) as all_gaps
    from lengths
),

medians as (
    select
        cutoff,
        (
            min(case when 2 * place >= all_gaps then gap_days end)
            + min(case when 2 * place >= all_gaps + 1 then gap_days end)
        ) / 2.0 as gap_median_days
    from places
    group by cutoff
)

select
    features.*,
    cast(date_trunc('month', features.cutoff) as date) as month_start,
    case
        when features.transaction_count >= 4 and features.gap_median_days is not null then features.gap_median_days
        else medians.gap_median_days
    end as usual_gap_days
from by_hand.customer_features as features
left join medians on features.cutoff = medians.cutoff
