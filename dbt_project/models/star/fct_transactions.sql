{{ config(materialized='view') }}

with orders as (

    select
        organization_id,
        'order' as transaction_type,
        order_id as transaction_id,
        customer_type,
        customer_id,
        ordered_at as transaction_at,
        ordered_date as transaction_date,
        revenue,
        gross_margin,
        is_margin_assumed,
        currency,
        status,
        is_cancelled,
        is_refund,
        _export_date
    from {{ ref('fct_orders') }}

),

bookings as (

    select
        organization_id,
        'booking' as transaction_type,
        booking_id as transaction_id,
        customer_type,
        customer_id,
        starts_at as transaction_at,
        starts_date as transaction_date,
        revenue,
        gross_margin,
        true as is_margin_assumed,
        currency,
        status,
        is_cancelled,
        false as is_refund,
        _export_date
    from {{ ref('fct_bookings') }}

),

shipments as (

    select
        organization_id,
        'shipment' as transaction_type,
        shipment_id as transaction_id,
        customer_type,
        customer_id,
        shipped_at as transaction_at,
        shipped_date as transaction_date,
        revenue,
        gross_margin,
        true as is_margin_assumed,
        currency,
        status,
        is_cancelled,
        is_refund,
        _export_date
    from {{ ref('fct_shipments') }}
    where is_transaction

),

final as (

    select * from orders
    union all
    select * from bookings
    union all
    select * from shipments

)

select * from final
