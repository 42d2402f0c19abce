select
    campaign_id,
    channel,
    calendar_date,
    sum(case when event_type = 'sent' then 1 else 0 end) as sent,
    sum(case when event_type = 'delivered' then 1 else 0 end) as delivered,
    sum(case when event_type = 'replied' then 1 else 0 end) as replied,
    sum(case when event_type = 'bounced' then 1 else 0 end) as bounced,
    sum(cost) as cost
from (
    select
        campaign_id,
        channel,
        event_date as calendar_date,
        event_type,
        coalesce(cost, 0) as cost
    from star.fct_outreach_events
    union all
    select
        campaign_id,
        channel,
        cost_date as calendar_date,
        'cost' as event_type,
        cost
    from star.fct_channel_costs
) as rows
group by campaign_id, channel, calendar_date
