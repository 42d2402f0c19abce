{{ config(schema='staging', materialized='view') }}

-- Every transaction as it stands, and as it stood before corrections, with the days on which that was what was known.

{% set columns = [
    'organization_id', 'transaction_type', 'transaction_id', 'customer_type', 'customer_id', 'transaction_at',
    'transaction_date', 'known_from', 'known_to', 'revenue', 'gross_margin', 'status', 'is_cancelled', 'is_refund'
] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

first_deliveries as (

    select distinct
        organization_id,
        export,
        first_export_date as first_date
    from {{ ref('int_deliveries') }}

),

standing as (

    select
        transactions.*,
        {{ known_from('transactions.transaction_date', 'transactions._export_date', 'firsts.first_date') }}
            as known_from,
        cast(null as date) as known_to
    from {{ ref('fct_transactions') }} as transactions
    inner join as_of
        on transactions.organization_id = as_of.organization_id
    inner join first_deliveries as firsts
        on
            transactions.organization_id = firsts.organization_id
            and firsts.export = case
                when transactions.transaction_type = 'booking' then 'bookings'
                when transactions.transaction_type = 'shipment' then 'shipments'
                when as_of.delivers_orders then 'orders'
                else 'order_lines'
            end

),

final as (

    select {{ columns | join(', ') }}
    from standing

    union all

    select {{ columns | join(', ') }}
    from {{ ref('int_superseded_transactions') }}

)

select * from final
