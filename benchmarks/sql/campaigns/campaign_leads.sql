with won as (
    select lead_id, min(closed_date) as won_date
    from star.fct_deals
    where is_won
    group by lead_id
),

outreach as (
    select
        lead_id,
        min(case when event_type in ('opened', 'click', 'replied', 'converted') then event_date end) as engaged_date,
        min(case when event_type = 'replied' then event_date end) as replied_date,
        min(case when event_type = 'converted' then event_date end) as converted_date,
        sum(case when channel in ('email', 'phone') then coalesce(cost, 0) else 0 end) as event_cost
    from star.fct_outreach_events
    group by lead_id
)

select
    leads.lead_id,
    leads.campaign_id,
    leads.created_date as lead_date,
    least(outreach.engaged_date, won.won_date) as engaged_date,
    outreach.replied_date,
    least(outreach.converted_date, won.won_date) as converted_date,
    coalesce(outreach.event_cost, 0) as event_cost
from star.dim_lead as leads
left join outreach
    on leads.lead_id = outreach.lead_id
left join won
    on leads.lead_id = won.lead_id
