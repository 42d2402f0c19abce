{#-
The customers whose past the model's build window changes: those with touched days, those with a day that has come since
the last as-of date (a booking made ahead) and, for a model that reads lines too, those whose orders' lines were touched.
-#}
{% macro changed_customers(reads_lines) -%}
    {%- set bounds = build_bounds() -%}
    {{ touched('touched_customer_days', ['customer_type', 'customer_id']) }}
    {%- if reads_lines %}

    union

    select
        orders.organization_id,
        orders.customer_type,
        orders.customer_id
    from (

        {{ touched('touched_orders', ['order_id']) }}

    ) as touched
    inner join {{ ref('fct_orders') }} as orders
        on
            touched.organization_id = orders.organization_id
            and touched.order_id = orders.order_id
    {%- endif %}
    {%- if bounds['from_date'] or bounds['rebuilds'] %}

    union

    select
        days.organization_id,
        days.customer_type,
        days.customer_id
    from {{ ref('fct_customer_day') }} as days
    inner join build_window
        on
            days.organization_id = build_window.organization_id
            and days.transaction_date > build_window.from_date
            and (days.transaction_date <= build_window.as_of_date or build_window.is_rebuild)
    {%- if not bounds['rebuilds'] %}
    where
        days.transaction_date > date '{{ bounds["from_date"] }}'
        and days.transaction_date <= date '{{ bounds["as_of_date"] }}'
    {%- endif %}
    {%- endif %}
{%- endmacro %}
