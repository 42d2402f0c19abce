select
    path,
    count(deal_id) as conversion_count,
    sum(deal_value) as revenue,
    count(*) - count(deal_id) as null_count
from (
    select
        lead_id,
        deal_id,
        max(deal_value) as deal_value,
        string_agg(channel, ' > ' order by position) as path
    from by_hand.journeys
    group by lead_id, deal_id
) as journeys
group by path
