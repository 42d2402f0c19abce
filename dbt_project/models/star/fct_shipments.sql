-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'shipment_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'shipment_id'],
            ['organization_id', 'customer_id', 'customer_type', 'shipped_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'shipments',
            'upstream': ['int_customer_types'],
            'touches': {
                'touched_customer_days': {
                    'customer_type': 'customer_type',
                    'customer_id': 'customer_id',
                    'transaction_date': 'shipped_date'
                }
            }
        }
    )
}}

with shipments as (

    {% if is_incremental() -%}
    {{ changed_versions('shipments', ['shipment_id'], has_customer=true) }}
    {%- else -%}
    select * from {{ ref('stg_shipments') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

as_of as (

    select * from {{ ref('as_of_dates') }}

),

customer_types as (

    select * from {{ ref('int_customer_types') }}

),

final as (

    select
        shipments.organization_id,
        shipments.shipment_id,
        coalesce(customer_types.customer_type, as_of.unlisted_customer_type) as customer_type,
        shipments.customer_id,
        shipments.shipped_at,
        {{ local_date('shipments.shipped_at', 'organizations.time_zone') }} as shipped_date,
        shipments.shipment_value as revenue,
        {{ assumed_margin('shipments.shipment_value', 'organizations') }} as gross_margin,
        organizations.currency,
        shipments.weight_kg,
        shipments.service,
        shipments.status,
        coalesce(lower(shipments.status) in ('cancelled', 'returned'), false) as is_cancelled,
        shipments.shipment_value < 0 as is_refund,
        as_of.shipments_are_transactions as is_transaction,
        shipments._export_date,
        shipments._file,
        shipments._line
    from shipments
    inner join organizations
        on shipments.organization_id = organizations.organization_id
    inner join as_of
        on shipments.organization_id = as_of.organization_id
    left join customer_types
        on
            shipments.organization_id = customer_types.organization_id
            and shipments.customer_id = customer_types.customer_id

)

select * from final
