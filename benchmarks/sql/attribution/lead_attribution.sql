with weighed as (
    select
        *,
        coalesce(power(
            0.5,
            extract(epoch from max(touched_at) over (partition by lead_id, deal_id) - touched_at) / 604800
        ), 1) as decay
    from by_hand.journeys
    where deal_id is not null
),

credited as (
    select
        *,
        case when position = 1 then 1.0 else 0.0 end as first_touch,
        case when position = path_length then 1.0 else 0.0 end as last_touch,
        1.0 / path_length as linear,
        decay / sum(decay) over (partition by lead_id, deal_id) as time_decay,
        case
            when path_length = 1 then 1.0
            when path_length = 2 then 0.5
            when position in (1, path_length) then 0.4
            else 0.2 / (path_length - 2)
        end as position_based
    from weighed
),

channels as (
    select
        lead_id,
        deal_id,
        channel,
        sum(first_touch) as first_touch,
        sum(last_touch) as last_touch,
        sum(linear) as linear,
        sum(time_decay) as time_decay,
        sum(position_based) as position_based
    from credited
    group by lead_id, deal_id, channel
),

journeys as (
    select
        lead_id,
        deal_id,
        max(deal_value) as deal_value,
        max(case when position = 1 then channel end) as first_touch_channel,
        max(case when position = path_length then channel end) as last_touch_channel,
        count(touch_id) as touch_count,
        min(touched_at) as first_contact_at,
        max(touched_at) as last_contact_at
    from weighed
    group by lead_id, deal_id
),

credits as (
    select lead_id, deal_id, channel, 'first_touch' as model, first_touch as credit
    from channels where first_touch > 0
    union all
    select lead_id, deal_id, channel, 'last_touch' as model, last_touch as credit
    from channels where last_touch > 0
    union all
    select lead_id, deal_id, channel, 'linear' as model, linear as credit from channels
    union all
    select lead_id, deal_id, channel, 'time_decay' as model, time_decay as credit from channels
    union all
    select lead_id, deal_id, channel, 'position_based' as model, position_based as credit from channels
)

select
    credits.*,
    credits.credit * journeys.deal_value as revenue,
    journeys.first_touch_channel,
    journeys.last_touch_channel,
    journeys.touch_count,
    journeys.first_contact_at,
    journeys.last_contact_at,
    deals.closed_at,
    deals.closed_date
from credits
inner join journeys
    on credits.lead_id = journeys.lead_id and credits.deal_id = journeys.deal_id
inner join star.fct_deals as deals
    on credits.deal_id = deals.deal_id
