with scores as (
    select
        customer_id,
        as_of_date,
        is_current,
        date_trunc('month', as_of_date) as month_start,
        12.5 * (recency_score + frequency_score - 2) as loyalty_score
    from by_hand.customer_tiers
)

select
    scores.customer_id,
    scores.as_of_date,
    scores.is_current,
    scores.loyalty_score,
    scores.loyalty_score as composite_score,
    case when scores.loyalty_score is null then 0 else 0.15 end as coverage,
    scores.loyalty_score - earlier.loyalty_score as trend_6_months
from scores
left join scores as earlier
    on
        scores.customer_id = earlier.customer_id
        and scores.month_start = earlier.month_start + interval '6 months'
