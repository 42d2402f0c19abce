with returns as (
    select
        customer_id,
        lag(ordered_date) over (partition by customer_id order by ordered_date) as last_transaction_date,
        ordered_date as returned_date
    from by_hand.fct_customer_day
    where order_count > 0
),

spells as (
    select
        returns.customer_id,
        returns.last_transaction_date,
        returns.returned_date,
        rhythms.usual_gap_days,
        greatest(3 * rhythms.usual_gap_days, 30) as dormant_after_days
    from returns
    inner join by_hand.rhythms
        on
            returns.customer_id = rhythms.customer_id
            and cast(date_trunc('month', returns.returned_date) as date) - 1 = rhythms.cutoff
    where
        returns.returned_date - returns.last_transaction_date > 30
        and returns.returned_date - returns.last_transaction_date > 3 * rhythms.usual_gap_days
    union all
    select
        customer_id,
        cutoff - recency_days as last_transaction_date,
        cast(null as date) as returned_date,
        usual_gap_days,
        greatest(3 * usual_gap_days, 30) as dormant_after_days
    from by_hand.rhythms
    where is_current and recency_days > greatest(3 * usual_gap_days, 30) and usual_gap_days is not null
)

select
    customer_id,
    last_transaction_date,
    last_transaction_date + cast(floor(dormant_after_days) as integer) + 1 as dormant_since,
    returned_date,
    returned_date is null as is_active,
    usual_gap_days,
    dormant_after_days,
    coalesce(returned_date, date '$as_of')
    - (last_transaction_date + cast(floor(dormant_after_days) as integer) + 1) as days_dormant
from spells
