{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id']]),
        meta={
            'stands': 'transaction_count',
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
days as (

    select
        days.*,
        {{ month_index('days.transaction_date') }} as transaction_month,
        days.transaction_date <= build_window.as_of_date as has_come
    from {{ ref('fct_customer_day') }} as days
    inner join build_window
        on days.organization_id = build_window.organization_id
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('days', 'changed_customers', customer) }}
    {%- endif %}

),

totals as (

    select
        {{ customer | join(',\n        ') }},
        min(transaction_date) as first_transaction_date,
        max(transaction_date) as last_transaction_date,
        {% for count in [
            'transaction_count', 'order_count', 'cancelled_count', 'refund_count', 'assumed_margin_count'
        ] -%}
        sum(case when has_come then {{ count }} else 0 end) as {{ count }},
        {% endfor -%}
        sum(case when has_come then revenue else 0 end) as total_revenue,
        sum(case when has_come then gross_margin else 0 end) as total_gross_margin,
        min(case when has_come and order_count > 0 then transaction_date end) as first_order_date,
        max(case when has_come and order_count > 0 then transaction_date end) as last_order_date,
        count(distinct case when has_come and order_count > 0 then transaction_month end) as active_months
    from days
    group by {{ customer | join(', ') }}

),

bought_categories as (

    select
        orders.{{ customer | join(',\n        orders.') }},
        lines.product_category
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('fct_order_lines') }} as lines
        on
            orders.organization_id = lines.organization_id
            and orders.order_id = lines.order_id
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
        and lines.is_product
        and lines.quantity > 0
        and lines.product_category is not null

    union

    select
        bookings.{{ customer | join(',\n        bookings.') }},
        bookings.activity as product_category
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

categories as (

    select
        {{ customer | join(',\n        ') }},
        count(*) as product_categories_count
    from bought_categories
    group by {{ customer | join(', ') }}

),

customers as (

    select {{ customer | join(', ') }}
    from {{ 'changed_customers' if is_incremental() else 'totals' }}

),

final as (

    select
        customers.{{ customer | join(',\n        customers.') }},
        cast(totals.transaction_count as bigint) as transaction_count,
        cast(totals.order_count as bigint) as order_count,
        cast(totals.cancelled_count as bigint) as cancelled_count,
        cast(totals.refund_count as bigint) as refund_count,
        cast(totals.assumed_margin_count as bigint) as assumed_margin_count,
        cast(totals.total_revenue as numeric(18, 2)) as total_revenue,
        cast(totals.total_gross_margin as numeric(18, 2)) as total_gross_margin,
        totals.first_transaction_date,
        totals.last_transaction_date,
        totals.first_order_date,
        totals.last_order_date,
        totals.active_months,
        coalesce(categories.product_categories_count, 0) as product_categories_count
    from customers
    left join totals
        on {{ same_key('customers', 'totals', customer) }}
    left join categories
        on {{ same_key('customers', 'categories', customer) }}

)

select * from final
