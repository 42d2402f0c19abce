select
    spells.customer_id,
    spells.returned_date,
    spells.last_transaction_date,
    spells.dormant_since,
    spells.returned_date - spells.last_transaction_date as gap_days,
    spells.days_dormant as days_to_return,
    sum(case when days.ordered_date = spells.returned_date then days.revenue else 0 end) as return_revenue,
    sum(case when days.ordered_date > spells.returned_date then days.revenue else 0 end) as revenue_90d_after,
    spells.returned_date + 90 <= date '$as_of' as is_90d_complete
from by_hand.dormant_spells as spells
inner join by_hand.fct_customer_day as days
    on
        spells.customer_id = days.customer_id
        and days.ordered_date between spells.returned_date and spells.returned_date + 90
where not spells.is_active
group by
    spells.customer_id, spells.returned_date, spells.last_transaction_date, spells.dormant_since, spells.days_dormant
