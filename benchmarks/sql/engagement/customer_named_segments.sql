with ranked as (
    select
        *,
        row_number() over (partition by cutoff order by total_gross_margin desc, customer_id asc) as margin_rank,
        count(case when total_gross_margin > 0 then 1 end) over (partition by cutoff) as profitable_customers,
        avg(case when revenue_365d > 0 then revenue_365d end) over (partition by cutoff) as mean_revenue,
        coalesce(recency_days > greatest(2 * usual_gap_days, 30) and usual_gap_days is not null, false) as is_late
    from by_hand.rhythms
    where transaction_count > 0
),

judged as (
    select
        *,
        total_gross_margin > 0 and margin_rank <= ceil(profitable_customers / 5.0) as is_top_20,
        total_gross_margin > 0 and margin_rank <= ceil(profitable_customers / 3.0) as is_top_third
    from ranked
),

memberships as (
    select
        customer_id,
        month_start,
        is_current,
        known_since,
        'vip' as segment_id,
        total_gross_margin as segment_value
    from judged
    where is_top_20 and recency_days < 180
    union all
    select
        customer_id,
        month_start,
        is_current,
        known_since,
        'premium',
        total_gross_margin
    from judged
    where is_top_third and not is_top_20
    union all
    select
        customer_id,
        month_start,
        is_current,
        known_since,
        'regular',
        usual_gap_days
    from judged
    where active_days >= 4 and not is_late and not is_top_third
    union all
    select
        customer_id,
        month_start,
        is_current,
        known_since,
        'new',
        tenure_days
    from judged
    where tenure_days < 90
    union all
    select
        customer_id,
        month_start,
        is_current,
        known_since,
        'high_value',
        revenue_365d
    from judged
    where revenue_365d > 2 * mean_revenue
    union all
    select
        customer_id,
        month_start,
        is_current,
        known_since,
        'at_risk',
        recency_days
    from judged
    where is_late and recency_days < 365
),

-- months of an unbroken run are as far from their place in the row of months as the run's first one
runs as (
    select
        *,
        cast(extract(year from month_start) * 12 + extract(month from month_start) as integer)
        - row_number() over (partition by customer_id, segment_id order by month_start) as run
    from memberships
),

spells as (
    select
        customer_id,
        segment_id,
        min(known_since) as known_since,
        min(month_start) as first_month,
        max(month_start) as last_month
    from runs
    group by customer_id, segment_id, run
)

select
    spells.customer_id,
    spells.segment_id,
    greatest(spells.first_month, spells.known_since) as assigned_date,
    case when not last.is_current then cast(last.month_start + interval '1 month' as date) end as removed_date,
    last.is_current as is_active,
    cast(last.segment_value as numeric(18, 2)) as segment_value
from spells
inner join memberships as last
    on
        spells.customer_id = last.customer_id
        and spells.segment_id = last.segment_id
        and spells.last_month = last.month_start
