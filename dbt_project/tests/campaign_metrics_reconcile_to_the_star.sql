-- Days add up to the star until the as-of date: every lead, every won deal, every event that tells a cost unless
-- channel_costs tell that month's, and every cost of theirs, once.
{{ config(meta={'dagster': {'ref': {'name': 'campaign_metrics'}}}) }}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

leads as (

    select
        leads.organization_id,
        leads.lead_id,
        leads.campaign_id
    from {{ ref('dim_lead') }} as leads
    inner join as_of
        on leads.organization_id = as_of.organization_id
    where
        leads.created_date <= as_of.as_of_date
        or exists (
            select 1
            from {{ ref('fct_outreach_events') }} as events
            where
                events.organization_id = leads.organization_id
                and events.lead_id = leads.lead_id
                and events.event_date <= as_of.as_of_date
        )
        or exists (
            select 1
            from {{ ref('fct_deals') }} as deals
            where
                deals.organization_id = leads.organization_id
                and deals.lead_id = leads.lead_id
                and deals.created_date <= as_of.as_of_date
        )

),

events as (

    select
        events.organization_id,
        coalesce(owners.campaign_id, events.campaign_id) as campaign_id,
        events.channel,
        {{ month_index('events.event_date') }} as month_number,
        events.event_type,
        coalesce(events.cost, 0) as cost
    from {{ ref('fct_outreach_events') }} as events
    inner join as_of
        on
            events.organization_id = as_of.organization_id
            and events.event_date <= as_of.as_of_date
    left join {{ ref('int_campaign_leads') }} as owners
        on
            events.organization_id = owners.organization_id
            and events.lead_id = owners.lead_id
            and events.campaign_id = 'unknown'

),

costs as (

    select
        costs.organization_id,
        costs.campaign_id,
        costs.channel,
        {{ month_index('costs.cost_date') }} as month_number,
        costs.cost
    from {{ ref('fct_channel_costs') }} as costs
    inner join as_of
        on
            costs.organization_id = as_of.organization_id
            and costs.cost_date <= as_of.as_of_date

),

star as (

    select
        as_of.organization_id,
        (
            select count(*)
            from leads
            where leads.organization_id = as_of.organization_id
        ) as leads,
        (
            select count(*)
            from leads
            where
                leads.organization_id = as_of.organization_id
                and leads.campaign_id <> 'unknown'
        ) as leads_with_campaign,
        (
            select count(*)
            from events
            where
                events.organization_id = as_of.organization_id
                and events.event_type = 'sent'
        ) as sent,
        (
            select coalesce(sum(deals.deal_value), 0)
            from {{ ref('fct_deals') }} as deals
            where
                deals.organization_id = as_of.organization_id
                and deals.is_won
                and deals.created_date <= as_of.as_of_date
                and coalesce(deals.closed_date, deals.created_date) <= as_of.as_of_date
        ) as revenue,
        (
            select coalesce(sum(costs.cost), 0)
            from costs
            where costs.organization_id = as_of.organization_id
        ) + (
            select coalesce(sum(events.cost), 0)
            from events
            left join (
                select distinct
                    organization_id,
                    campaign_id,
                    channel,
                    month_number
                from costs
            ) as told
                on {{ same_key('events', 'told', ['organization_id', 'campaign_id', 'channel', 'month_number']) }}
            where
                events.organization_id = as_of.organization_id
                and told.channel is null
        ) as spend
    from as_of

),

days as (

    select
        organization_id,
        sum(new_leads) as leads,
        sum(case when campaign_id <> 'unknown' then new_leads else 0 end) as leads_with_campaign,
        sum(revenue) as revenue,
        sum(spend) as spend
    from {{ ref('campaign_metrics') }}
    group by organization_id

),

channels as (

    select
        organization_id,
        sum(sent) as sent
    from {{ ref('channel_metrics') }}
    group by organization_id

)

select star.*
from star
left join days
    on star.organization_id = days.organization_id
left join channels
    on star.organization_id = channels.organization_id
where
    star.leads <> coalesce(days.leads, 0)
    or star.leads_with_campaign > coalesce(days.leads_with_campaign, 0)
    or star.sent <> coalesce(channels.sent, 0)
    or star.revenue <> coalesce(days.revenue, 0)
    or star.spend <> coalesce(days.spend, 0)
