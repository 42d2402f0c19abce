-- What fct_customer_day adds up to, and the customers it names, is what fct_transactions holds.
{{ config(meta={'dagster': {'ref': {'name': 'fct_customer_day'}}}) }}

with transactions as (

    select
        tested.organization_id,
        count(*) as transaction_count,
        coalesce(sum(case when not tested.is_cancelled then tested.revenue end), 0) as revenue,
        coalesce(sum(case when not tested.is_cancelled then tested.gross_margin end), 0) as gross_margin
    from {{ recent(ref('fct_transactions'), 'transaction_date') }} as tested
    group by tested.organization_id

),

days as (

    select
        tested.organization_id,
        sum(tested.transaction_count) as transaction_count,
        sum(tested.revenue) as revenue,
        sum(tested.gross_margin) as gross_margin
    from {{ recent(ref('fct_customer_day'), 'transaction_date') }} as tested
    group by tested.organization_id

)

select
    transactions.*,
    days.*
from transactions
full outer join days
    on transactions.organization_id = days.organization_id
where
    transactions.organization_id is null
    or days.organization_id is null
    or transactions.transaction_count <> days.transaction_count
    or transactions.revenue <> days.revenue
    or transactions.gross_margin <> days.gross_margin
-- depends_on: {{ ref('as_of_dates') }}
