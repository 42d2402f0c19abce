with members as (
    select
        'rfm_class' as segment_type,
        rfm_class as segment_id,
        as_of_date,
        customer_id
    from by_hand.customer_tiers
    union all
    select
        'volume_tier',
        volume_tier,
        as_of_date,
        customer_id
    from by_hand.customer_tiers
    union all
    select
        'profitability_tier',
        profitability_tier,
        as_of_date,
        customer_id
    from by_hand.customer_tiers
    union all
    select
        'named',
        segments.segment_id,
        tiers.as_of_date,
        tiers.customer_id
    from by_hand.customer_named_segments as segments
    inner join by_hand.customer_tiers as tiers
        on
            segments.customer_id = tiers.customer_id
            and segments.assigned_date <= tiers.as_of_date
            and tiers.as_of_date < coalesce(segments.removed_date, date '9999-12-31')
),

days as (
    select
        as_of_date,
        count(*) as customers,
        sum(revenue_365d) as revenue
    from by_hand.customer_tiers
    group by as_of_date
)

select
    members.as_of_date,
    members.segment_type,
    members.segment_id,
    count(*) as member_count,
    100.0 * count(*) / max(days.customers) as member_share_percent,
    avg(tiers.total_gross_margin) as average_gross_margin,
    sum(tiers.revenue_365d) as revenue_365d,
    100.0 * sum(tiers.revenue_365d) / nullif(max(days.revenue), 0) as revenue_share_percent,
    sum(tiers.gross_margin_365d) as gross_margin_365d,
    avg(tiers.recency_days) as average_recency_days,
    avg(tiers.transactions_365d) as average_transactions_365d
from members
inner join by_hand.customer_tiers as tiers
    on members.customer_id = tiers.customer_id and members.as_of_date = tiers.as_of_date
inner join days on members.as_of_date = days.as_of_date
group by members.as_of_date, members.segment_type, members.segment_id
