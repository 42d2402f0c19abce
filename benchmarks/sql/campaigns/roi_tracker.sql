with months as (
    select campaign_id, channel, extract(year from cost_date) * 12 + extract(month from cost_date) as month_number, sum(cost) as cost
    from star.fct_channel_costs
    group by 1, 2, 3
),

touches as (
    select
        lead_id,
        campaign_id,
        channel,
        extract(year from event_date) * 12 + extract(month from event_date) as month_number,
        count(*) as touches
    from star.fct_outreach_events
    where event_type in ('impression', 'click', 'sent')
    group by 1, 2, 3, 4
),

shares as (
    select
        touches.lead_id,
        months.cost * touches.touches / sum(touches.touches) over (
            partition by touches.campaign_id, touches.channel, touches.month_number
        ) as cost
    from touches
    inner join months
        on
            touches.campaign_id = months.campaign_id
            and touches.channel = months.channel
            and touches.month_number = months.month_number
),

shared as (
    select lead_id, sum(cost) as cost
    from shares
    group by lead_id
),

deals as (
    select
        lead_id,
        sum(case deal_stage when 'won' then deal_value when 'lost' then 0 else deal_value * close_probability end) as expected_revenue
    from star.fct_deals
    group by lead_id
)

select
    leads.lead_id,
    leads.event_cost + coalesce(shared.cost, 0) as acquisition_cost,
    coalesce(deals.expected_revenue, 0) as expected_revenue
from by_hand.campaign_leads as leads
left join shared
    on leads.lead_id = shared.lead_id
left join deals
    on leads.lead_id = deals.lead_id
