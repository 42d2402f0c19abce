select
    campaign_id,
    calendar_date,
    sum(leads) as new_leads,
    sum(engaged) as newly_engaged_leads,
    sum(replied) as newly_replied_leads,
    sum(spend) as spend,
    sum(revenue) as revenue,
    sum(sum(leads)) over campaign as total_leads,
    sum(sum(spend)) over campaign as total_spend,
    sum(sum(revenue)) over campaign as total_revenue
from (
    select campaign_id, lead_date as calendar_date, 1 as leads, 0 as engaged, 0 as replied, 0 as spend, 0 as revenue
    from by_hand.campaign_leads
    union all
    select campaign_id, engaged_date, 0, 1, 0, 0, 0
    from by_hand.campaign_leads
    where engaged_date is not null
    union all
    select campaign_id, replied_date, 0, 0, 1, 0, 0
    from by_hand.campaign_leads
    where replied_date is not null
    union all
    select campaign_id, calendar_date, 0, 0, 0, cost, 0
    from by_hand.channel_metrics
    union all
    select campaign_id, closed_date, 0, 0, 0, 0, deal_value
    from star.fct_deals
    where is_won
) as rows
group by campaign_id, calendar_date
window campaign as (partition by campaign_id order by calendar_date)
