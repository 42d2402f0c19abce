with touches as (
    select
        lead_id,
        channel,
        coalesce(message_id, event_id) as touch_id,
        min(event_at) as touched_at
    from star.fct_outreach_events
    where event_type in ('impression', 'click', 'sent', 'delivered', 'bounced')
    group by lead_id, channel, coalesce(message_id, event_id)
    having count(case when event_type = 'bounced' then 1 end) = 0
),

deals as (
    select
        lead_id,
        deal_id,
        closed_at,
        deal_value,
        lag(closed_at) over (partition by lead_id order by closed_at, deal_id) as previous_at
    from star.fct_deals
    where is_won
),

journeys as (
    select
        deals.lead_id,
        deals.deal_id,
        deals.deal_value,
        coalesce(touches.channel, 'direct') as channel,
        touches.touch_id,
        touches.touched_at
    from deals
    left join touches
        on
            deals.lead_id = touches.lead_id
            and touches.touched_at <= deals.closed_at
            and touches.touched_at > greatest(deals.previous_at, deals.closed_at - interval '2160 hours')

    union all

    select
        lead_id,
        null as deal_id,
        null as deal_value,
        channel,
        touch_id,
        touched_at
    from (
        select
            touches.*,
            max(touches.touched_at) over (partition by touches.lead_id) as last_touched_at
        from touches
        left join (
            select
                lead_id,
                max(closed_at) as closed_at
            from deals
            group by lead_id
        ) as last_deals
            on touches.lead_id = last_deals.lead_id
        where last_deals.closed_at is null or touches.touched_at > last_deals.closed_at
    ) as waiting
    where touched_at > last_touched_at - interval '2160 hours'
)

select
    *,
    row_number() over (partition by lead_id, deal_id order by touched_at, touch_id) as position,
    count(*) over (partition by lead_id, deal_id) as path_length
from journeys
