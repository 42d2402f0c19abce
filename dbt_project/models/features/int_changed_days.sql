-- depends_on: {{ ref('fct_orders') }}, {{ ref('fct_bookings') }}, {{ ref('fct_shipments') }}
-- depends_on: {{ ref('int_superseded_transactions') }}
{{
    config(
        schema='staging',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'transaction_date']])
    )
}}

-- Days that int_known_days has to take in. A table, whose statistics lead Postgres to look these few up in the facts.

{% set day = ['customer_type', 'customer_id', 'transaction_date'] -%}

with build_window as (

    {{ build_window(of='int_known_days') }}

),

final as (

    {{ touched('touched_customer_days', day) }}

    union

    {{ touched('touched_past_days', day) }}

)

select * from final
