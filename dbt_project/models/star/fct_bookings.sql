-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'booking_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'booking_id'],
            ['organization_id', 'customer_type', 'customer_id', 'starts_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'bookings',
            'touches': {
                'touched_customer_days': {
                    'customer_type': 'customer_type',
                    'customer_id': 'customer_id',
                    'transaction_date': 'starts_date'
                }
            }
        }
    )
}}

with bookings as (

    {% if is_incremental() -%}
    {{ changed_versions('bookings', ['booking_id']) }}
    {%- else -%}
    select * from {{ ref('stg_bookings') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        bookings.organization_id,
        bookings.booking_id,
        'member' as customer_type,
        bookings.member_id as customer_id,
        bookings.booked_at,
        bookings.starts_at,
        {{ local_date('bookings.starts_at', 'organizations.time_zone') }} as starts_date,
        bookings.duration_minutes,
        bookings.court_id,
        bookings.activity,
        bookings.revenue,
        {{ assumed_margin('bookings.revenue', 'organizations') }} as gross_margin,
        organizations.currency,
        bookings.status,
        bookings.status = 'cancelled' as is_cancelled,
        bookings._export_date,
        bookings._file,
        bookings._line
    from bookings
    inner join organizations
        on bookings.organization_id = organizations.organization_id

)

select * from final
