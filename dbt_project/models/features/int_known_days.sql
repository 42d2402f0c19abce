{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id', 'transaction_date']])) }}

{% set grain = ['organization_id', 'customer_type', 'customer_id', 'transaction_date', 'known_from', 'known_to'] -%}

-- What each customer's days brought, and from when until when that was known.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

first_deliveries as (

    select * from {{ ref('int_first_deliveries') }}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

standing as (

    select
        transactions.organization_id,
        transactions.customer_type,
        transactions.customer_id,
        transactions.transaction_date,
        {{ known_from('transactions.transaction_date', 'transactions._export_date') }} as known_from,
        cast(null as date) as known_to,
        {{ local_hour('transactions.transaction_at', 'organizations.time_zone') }} as local_hour,
        transactions.revenue,
        transactions.gross_margin,
        transactions.status,
        transactions.is_cancelled,
        transactions.is_refund
    from {{ ref('fct_transactions') }} as transactions
    inner join organizations
        on transactions.organization_id = organizations.organization_id
    inner join as_of
        on transactions.organization_id = as_of.organization_id
    inner join first_deliveries
        on
            transactions.organization_id = first_deliveries.organization_id
            and first_deliveries.export = case
                when transactions.transaction_type = 'booking' then 'bookings'
                when transactions.transaction_type = 'shipment' then 'shipments'
                when as_of.delivers_orders then 'orders'
                else 'order_lines'
            end
    where transactions.customer_type <> 'unknown'

),

final as (

    select
        {{ grain | join(',\n        ') }},
        count(case when not is_cancelled and not is_refund then 1 end) as transaction_count,
        count(case when is_cancelled and lower(status) <> 'returned' then 1 end) as cancellation_count,
        count(case when lower(status) = 'returned' or (is_refund and not is_cancelled) then 1 end) as return_count,
        count(case when status = 'no_show' then 1 end) as no_show_count,
        cast(sum(case when is_cancelled then 0 else revenue end) as numeric(18, 2)) as revenue,
        cast(sum(case when is_cancelled then 0 else gross_margin end) as numeric(18, 2)) as gross_margin,
        count(case when not is_cancelled and not is_refund and local_hour < 12 then 1 end) as morning_count,
        count(case when not is_cancelled and not is_refund and local_hour >= 17 then 1 end) as evening_count
    from standing
    group by {{ grain | join(', ') }}

)

select * from final
