with valued as (
    select
        spells.customer_id,
        spells.last_transaction_date,
        spells.usual_gap_days,
        spells.dormant_after_days,
        spells.dormant_since,
        spells.days_dormant,
        greatest(sum(days.revenue), 0) as value_at_risk,
        greatest(sum(days.gross_margin), 0) as margin_at_risk
    from by_hand.dormant_spells as spells
    inner join by_hand.fct_customer_day as days
        on spells.customer_id = days.customer_id and spells.last_transaction_date - 365 < days.ordered_date
    where spells.is_active
    group by 1, 2, 3, 4, 5, 6
),

compared as (
    select
        valued.*,
        rhythms.recency_days,
        rhythms.active_days,
        avg(cast(valued.value_at_risk as double precision)) over () as mean_value
    from valued
    inner join by_hand.rhythms on valued.customer_id = rhythms.customer_id and rhythms.is_current
)

select
    customer_id,
    last_transaction_date,
    recency_days as days_since_transaction,
    usual_gap_days,
    dormant_since,
    days_dormant,
    value_at_risk,
    margin_at_risk,
    50 * dormant_after_days / recency_days
    + 25 * cast(active_days as double precision) / (active_days + 4)
    + 25 * coalesce(cast(value_at_risk as double precision) / nullif(value_at_risk + mean_value, 0), 0)
        as reactivation_score,
    case
        when value_at_risk > 0 and value_at_risk >= 2 * mean_value then 'personal_call'
        when recency_days <= 2 * dormant_after_days then 'reminder'
        when recency_days <= 365 then 'win_back_offer'
        else 'newsletter'
    end as recommended_campaign
from compared
