-- depends_on: {{ ref('fct_customer_day') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'choice', 'choice_value']]),
        meta={
            'stands': 'choice_value',
            'upstream': ['fct_customer_day', 'fct_orders', 'fct_bookings', 'fct_order_lines']
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
changed_customers as (

    {{ changed_customers(reads_lines=true) }}

),

{% endif -%}
lines as (

    select
        orders.{{ customer | join(',\n        orders.') }},
        order_lines.product_category,
        order_lines.country,
        order_lines.is_product
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('fct_order_lines') }} as order_lines
        on
            orders.organization_id = order_lines.organization_id
            and orders.order_id = order_lines.order_id
    inner join build_window
        on
            orders.organization_id = build_window.organization_id
            and orders.ordered_date <= build_window.as_of_date
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('orders', 'changed_customers', customer) }}
    {%- endif %}
    where
        not orders.is_cancelled
        and orders.customer_type <> 'unknown'
        and order_lines.quantity > 0
        and (order_lines.product_category is not null or order_lines.country is not null)

),

chosen as (

    select
        {{ customer | join(',\n        ') }},
        'category' as choice,
        product_category as choice_value
    from lines
    where
        is_product
        and product_category is not null

    union all

    select
        {{ customer | join(',\n        ') }},
        'country' as choice,
        country as choice_value
    from lines
    where country is not null

    union all

    select
        bookings.{{ customer | join(',\n        bookings.') }},
        'category' as choice,
        bookings.activity as choice_value
    from {{ ref('fct_bookings') }} as bookings
    inner join build_window
        on
            bookings.organization_id = build_window.organization_id
            and bookings.starts_date <= build_window.as_of_date
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('bookings', 'changed_customers', customer) }}
    {%- endif %}
    where
        not bookings.is_cancelled
        and bookings.activity is not null

),

final as (

    select
        {{ customer | join(',\n        ') }},
        choice,
        choice_value,
        count(*) as purchase_count
    from chosen
    group by {{ customer | join(', ') }}, choice, choice_value

)

select * from final
