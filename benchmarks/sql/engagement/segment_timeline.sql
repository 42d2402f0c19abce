with changes as (
    select
        segment_id,
        assigned_date as calendar_date,
        count(*) as joined,
        0 as gone
    from by_hand.customer_named_segments
    group by segment_id, assigned_date
    union all
    select
        segment_id,
        removed_date as calendar_date,
        0 as joined,
        count(*) as gone
    from by_hand.customer_named_segments
    where removed_date is not null
    group by segment_id, removed_date
),

days as (
    select
        segments.segment_id,
        cast(series.day as date) as calendar_date
    from (values ('vip'), ('premium'), ('regular'), ('new'), ('high_value'), ('at_risk')) as segments (segment_id)
    cross join generate_series(timestamp '$first_day', timestamp '$as_of', interval '1 day') as series (day)
)

select
    days.segment_id,
    days.calendar_date,
    cast(sum(sum(coalesce(changes.joined, 0) - coalesce(changes.gone, 0))) over (
        partition by days.segment_id order by days.calendar_date
    ) as bigint) as customer_count,
    cast(sum(coalesce(changes.joined, 0)) as bigint) as customers_joined,
    cast(sum(coalesce(changes.gone, 0)) as bigint) as customers_left
from days
left join changes on days.segment_id = changes.segment_id and days.calendar_date = changes.calendar_date
group by days.segment_id, days.calendar_date
