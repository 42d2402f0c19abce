-- A place is twice the number of those below and the number of those alike, half of whom count as below.
with places as (
    select
        customer_id,
        cutoff as as_of_date,
        is_current,
        recency_days,
        repeat_count,
        transactions_365d,
        revenue_365d,
        margin_365d as gross_margin_365d,
        total_revenue,
        total_gross_margin,
        count(*) over of_day as customers,
        rank() over by_recency - 1 + count(*) over by_recency as recency_place,
        rank() over by_frequency - 1 + count(*) over by_frequency as frequency_place,
        rank() over by_revenue - 1 + count(*) over by_revenue as monetary_place,
        sum(greatest(revenue_365d, 0)) over of_day as revenue_of_all,
        sum(greatest(revenue_365d, 0)) over of_day - sum(greatest(revenue_365d, 0)) over by_revenue
            as revenue_of_larger,
        cast(sum(margin_365d) over of_day as double precision) / nullif(sum(revenue_365d) over of_day, 0)
            as usual_margin,
        cast(margin_365d as double precision) / nullif(revenue_365d, 0) as margin
    from by_hand.customer_features
    window
        of_day as (partition by cutoff, recency_days is not null),
        by_recency as (partition by cutoff, recency_days is not null order by recency_days desc),
        by_frequency as (partition by cutoff, recency_days is not null order by transactions_365d),
        by_revenue as (partition by cutoff, recency_days is not null order by revenue_365d)
),

scores as (
    select
        *,
        case when recency_days is not null then 1 + floor(2.5 * recency_place / customers) end as recency_score,
        case when recency_days is not null then 1 + floor(2.5 * frequency_place / customers) end as frequency_score,
        case when recency_days is not null then 1 + floor(2.5 * monetary_place / customers) end as monetary_score
    from places
)

select
    customer_id,
    as_of_date,
    is_current,
    recency_days,
    transactions_365d,
    revenue_365d,
    gross_margin_365d,
    total_revenue,
    total_gross_margin,
    cast(recency_score as integer) as recency_score,
    cast(frequency_score as integer) as frequency_score,
    cast(monetary_score as integer) as monetary_score,
    case
        when recency_days is null then 'never_bought'
        when recency_score >= 4 and repeat_count = 0 then 'new_customer'
        when recency_score >= 4 and frequency_score + monetary_score >= 8 then 'champion'
        when recency_score >= 3 and frequency_score + monetary_score >= 7 then 'loyal'
        when recency_score >= 4 then 'potential_loyalist'
        when recency_score = 3 and frequency_score + monetary_score >= 5 then 'needs_attention'
        when recency_score = 3 then 'about_to_sleep'
        when recency_score = 1 and frequency_score + monetary_score >= 8 then 'cannot_lose'
        when frequency_score + monetary_score >= 6 then 'at_risk'
        when recency_score = 2 then 'hibernating'
        else 'lost'
    end as rfm_class,
    case
        when transactions_365d = 0 then 'none'
        when revenue_of_larger < 0.80 * revenue_of_all then 'high'
        when revenue_of_larger < 0.95 * revenue_of_all then 'medium'
        else 'low'
    end as volume_tier,
    case
        when transactions_365d = 0 then 'none'
        when gross_margin_365d <= 0 then 'unprofitable'
        when margin >= 1.1 * usual_margin then 'high'
        when margin < 0.9 * usual_margin then 'low'
        else 'medium'
    end as profitability_tier
from scores
