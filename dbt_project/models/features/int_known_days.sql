-- depends_on: {{ ref('as_of_dates') }}, {{ ref('int_changed_days') }}
{% set grain = ['organization_id', 'customer_type', 'customer_id', 'transaction_date'] -%}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=grain,
        on_schema_change='append_new_columns',
        indexes=btree([grain + ['known_from', 'known_to']]),
        meta={
            'stands': 'known_from',
            'upstream': ['fct_orders', 'fct_bookings', 'fct_shipments', 'int_superseded_transactions'],
            'known_by': ['orders', 'order_lines', 'bookings', 'shipments']
        }
    )
}}

-- What each customer's days brought, and from when until when that was known. In whole numbers: Postgres adds them up
-- several times as fast as decimals.

{% set bounds = build_bounds() -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_days as (

    select * from {{ ref('int_changed_days') }}

),

rebuilt as (

    select organization_id
    from build_window
    where is_rebuild

),

{% endif -%}
transactions as (

    {% if is_incremental() -%}
    {{ known_transactions(ref('int_changed_days') ~ ' as changed_days', grain) }}
    {%- if bounds['rebuilds'] %}

    union all

    {{ known_transactions('rebuilt', ['organization_id']) }}
    {%- endif %}
    {%- else -%}
    {{ known_transactions() }}
    {%- endif %}

),

outcomes as (

    select
        transactions.*,
        {{ local_hour('transactions.transaction_at', 'organizations.time_zone') }} as local_hour,
        not transactions.is_cancelled and not transactions.is_refund as is_purchase,
        lower(transactions.status) = 'returned' as is_returned
    from transactions
    inner join {{ source('raw', 'organizations') }} as organizations
        on transactions.organization_id = organizations.organization_id
    where transactions.customer_type <> 'unknown'

),

final as (

    select
        {{ grain | join(',\n        ') }},
        known_from,
        known_to,
        cast(extract(isodow from transaction_date) as integer) as iso_weekday,
        cast(count(case when is_purchase then 1 end) as integer) as transaction_count,
        cast(count(case when is_cancelled and not is_returned then 1 end) as integer) as cancellation_count,
        cast(count(case when is_returned or (is_refund and not is_cancelled) then 1 end) as integer) as return_count,
        cast(count(case when status = 'no_show' then 1 end) as integer) as no_show_count,
        cast(sum(case when is_cancelled then 0 else revenue end) * 100 as bigint) as revenue_cents,
        cast(sum(case when is_cancelled then 0 else gross_margin end) * 100 as bigint) as margin_cents,
        cast(count(case when is_purchase and local_hour < 12 then 1 end) as integer) as morning_count,
        cast(count(case when is_purchase and local_hour >= 17 then 1 end) as integer) as evening_count
    from outcomes
    group by {{ grain | join(', ') }}, known_from, known_to
    {%- if is_incremental() %}

    union all

    {{ tombstones('changed_days', grain) }}
    {%- endif %}

)

select * from final
