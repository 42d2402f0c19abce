-- depends_on: {{ ref('fct_customer_day') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_start']]),
        meta={
            'stands': 'month_start',
            'upstream': ['fct_customer_day', 'fct_orders', 'fct_bookings', 'fct_order_lines']
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set sums = ['x', 'y', 'xx', 'xy', 'yy'] -%}
{% set variations = ['sxx', 'sxy', 'syy'] -%}
-- finer than usual, for squares about a mean are the small difference of two large sums
{% set per_one = '1e14' -%}

-- What a least-squares fit of ln(quantity) = constant of customer and product + elasticity x ln(price) needs, as the
-- change that each month made to it: whoever adds months up has the fit as of any month's end.

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
        order_lines.product_id,
        cast({{ dbt.date_trunc('month', 'orders.ordered_date') }} as date) as month_start,
        order_lines.unit_price,
        ln(cast(order_lines.unit_price as double precision)) as x,
        ln(cast(order_lines.quantity as double precision)) as y
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
        orders.customer_type <> 'unknown'
        and not orders.is_cancelled
        and order_lines.is_product
        and order_lines.quantity > 0
        and order_lines.unit_price > 0

),

months as (

    select
        {{ customer | join(',\n        ') }},
        product_id,
        month_start,
        min(unit_price) as lowest_price,
        max(unit_price) as highest_price,
        {% for sum in sums -%}
        sum({{ to_units(sum | join(' * '), per_one) }}) as {{ sum }},
        {% endfor -%}
        count(*) as line_count
    from lines
    group by {{ customer | join(', ') }}, product_id, month_start

),

until_then as (

    select
        {{ customer | join(',\n        ') }},
        product_id,
        month_start,
        line_count as new_line_count,
        {% for sum in sums -%}
        {{ from_units('sum(' ~ sum ~ ') over so_far', per_one) }} as {{ sum }},
        {% endfor -%}
        cast(sum(line_count) over so_far as bigint) as line_count,
        min(lowest_price) over so_far < max(highest_price) over so_far as has_varied
    from months
    window
        so_far as (
            partition by {{ customer | join(', ') }}, product_id
            order by month_start
            rows unbounded preceding
        )

),

-- sums of squares and of products about the means of customer and product
within_product as (

    select
        {{ customer | join(',\n        ') }},
        product_id,
        month_start,
        new_line_count,
        case when has_varied then greatest({{ to_units('xx - x * x / line_count', per_one) }}, 0) else 0 end as sxx,
        case when has_varied then {{ to_units('xy - x * y / line_count', per_one) }} else 0 end as sxy,
        greatest({{ to_units('yy - y * y / line_count', per_one) }}, 0) as syy
    from until_then

),

changes_of_products as (

    select
        {{ customer | join(',\n        ') }},
        month_start,
        {% for variation in variations -%}
        {{ variation }} - coalesce(lag({{ variation }}) over in_turn, 0) as {{ variation }},
        {% endfor -%}
        new_line_count,
        case when lag(month_start) over in_turn is null then 1 else 0 end as new_product_count
    from within_product
    window in_turn as (partition by {{ customer | join(', ') }}, product_id order by month_start)

),

changes_of_customers as (

    select
        {{ customer | join(',\n        ') }},
        month_start,
        {% for variation in variations -%}
        sum({{ variation }}) as {{ variation }},
        {% endfor -%}
        sum(new_line_count) as line_count,
        sum(new_product_count) as product_count
    from changes_of_products
    group by {{ customer | join(', ') }}, month_start

),

fits as (

    select
        {{ customer | join(',\n        ') }},
        month_start,
        {% for variation in variations -%}
        {{ from_units(variation, per_one) }} as {{ variation }},
        {{ from_units('sum(' ~ variation ~ ') over so_far', per_one) }} as {{ variation }}_so_far,
        {% endfor -%}
        line_count,
        product_count
    from changes_of_customers
    window so_far as (partition by {{ customer | join(', ') }} order by month_start rows unbounded preceding)

),

explained as (

    select
        *,
        case when sxx_so_far > 0 then 1 else 0 end as fit_count_so_far,
        sxx_so_far * sxx_so_far as sxx_squared_so_far,
        case
            when sxx_so_far > 0 then least(sxy_so_far * sxy_so_far / sxx_so_far, syy_so_far)
            else 0
        end as explained_so_far
    from fits

),

rounded as (

    select
        *,
        {{ exact('sxx_squared_so_far') }} as sxx_squared_exactly,
        {{ exact('explained_so_far') }} as explained_exactly
    from explained

),

final as (

    select
        {{ customer | join(',\n        ') }},
        month_start,
        cast(line_count as bigint) as line_count,
        cast(product_count as bigint) as product_count,
        fit_count_so_far - coalesce(lag(fit_count_so_far) over in_turn, 0) as fit_count,
        {% for variation in variations -%}
        {{ exact(variation) }} as {{ variation }},
        {% endfor -%}
        cast(
            sxx_squared_exactly - coalesce(lag(sxx_squared_exactly) over in_turn, 0) as numeric(28, 12)
        ) as sxx_squared,
        cast(
            explained_exactly - coalesce(lag(explained_exactly) over in_turn, 0) as numeric(28, 12)
        ) as explained
    from rounded
    window in_turn as (partition by {{ customer | join(', ') }} order by month_start)

)

select * from final
