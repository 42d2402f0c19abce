-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id', 'transaction_date'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'customer_type', 'customer_id', 'transaction_date'],
            ['transaction_date', 'organization_id']
        ]),
        meta={'stands': 'transaction_count', 'upstream': ['fct_orders', 'fct_bookings', 'fct_shipments']}
    )
}}

{% set grain = ['organization_id', 'customer_type', 'customer_id', 'transaction_date'] -%}

{% set bounds = build_bounds() -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

touched_days as (

    {{ touched('touched_customer_days', grain[1:]) }}

),

transactions as (

    select
        touched_days.{{ grain | join(',\n        touched_days.') }},
        transactions.transaction_id,
        transactions.revenue,
        transactions.gross_margin,
        transactions.is_margin_assumed,
        transactions.is_cancelled,
        transactions.is_refund
    from touched_days
    left join {{ ref('fct_transactions') }} as transactions
        on {{ same_key('touched_days', 'transactions', grain) }}
    {%- if bounds['rebuilds'] %}

    union all

    select
        transactions.{{ grain | join(',\n        transactions.') }},
        transactions.transaction_id,
        transactions.revenue,
        transactions.gross_margin,
        transactions.is_margin_assumed,
        transactions.is_cancelled,
        transactions.is_refund
    from {{ ref('fct_transactions') }} as transactions
    inner join build_window
        on transactions.organization_id = build_window.organization_id
    where build_window.is_rebuild
    {%- endif %}

),

{% else -%}
transactions as (

    select * from {{ ref('fct_transactions') }}

),

{% endif -%}
final as (

    select
        {{ grain | join(',\n        ') }},
        nullif(count(transaction_id), 0) as transaction_count,
        count(case when not is_cancelled and not is_refund then 1 end) as order_count,
        count(case when is_cancelled then 1 end) as cancelled_count,
        count(case when is_refund and not is_cancelled then 1 end) as refund_count,
        cast(coalesce(sum(case when not is_cancelled then revenue end), 0) as numeric(18, 2)) as revenue,
        cast(
            coalesce(sum(case when not is_cancelled then gross_margin end), 0) as numeric(18, 2)
        ) as gross_margin,
        count(case when is_margin_assumed and not is_cancelled then 1 end) as assumed_margin_count
    from transactions
    group by {{ grain | join(', ') }}

)

select * from final
