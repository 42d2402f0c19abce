select
    model,
    channel,
    sum(credit) as conversions,
    sum(revenue) as revenue
from by_hand.lead_attribution
group by model, channel
