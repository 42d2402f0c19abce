-- depends_on: {{ ref('int_feature_customers') }}
{{ config(schema='staging') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- When a customer had bought a product, or of a category, within the last 365 days: spells that do not overlap, each
-- from a purchase that was known until 365 days after the last. Of customers with such changes since the last build.

{% set whole = feature_bounds()['whole'] -%}
{% set scope = none if whole else 'scope' -%}

with {% if scope -%}
scope as (

    select {{ customer | join(', ') }}
    from {{ ref('int_feature_customers') }}

),

{% endif -%}
transactions as (

    {{ known_transactions(scope, customer) }}

),

first_deliveries as (

    {{ first_deliveries() }}

),

lines as (

    select
        organization_id,
        order_id,
        product_id,
        product_category,
        is_product,
        quantity,
        _export_date,
        date '9999-12-31' as known_to
    from {{ ref('fct_order_lines') }}

    union all

    select
        organization_id,
        order_id,
        product_id,
        product_category,
        is_product,
        quantity,
        _export_date,
        known_to
    from {{ ref('int_superseded_lines') }}

),

bought_lines as (

    select
        orders.{{ customer | join(',\n        orders.') }},
        lines.product_id,
        lines.product_category,
        greatest(
            orders.known_from,
            {{ known_from('orders.transaction_date', 'lines._export_date', 'first_deliveries.first_export_date') }}
        ) as known_from,
        least(
            orders.known_to,
            lines.known_to,
            {{ plus_days('orders.transaction_date', 365) }}
        ) as known_to
    from transactions as orders
    inner join lines
        on
            orders.organization_id = lines.organization_id
            and orders.transaction_id = lines.order_id
    inner join first_deliveries
        on
            orders.organization_id = first_deliveries.organization_id
            and first_deliveries.export = 'order_lines'
    where
        orders.transaction_type = 'order'
        and not orders.is_cancelled
        and orders.customer_type <> 'unknown'
        and lines.is_product
        and lines.quantity > 0

),

bookings as (

    select
        bookings.{{ customer | join(',\n        bookings.') }},
        bookings.activity,
        {{ known_from('bookings.starts_date', 'bookings._export_date', 'first_deliveries.first_export_date') }}
            as known_from,
        {{ plus_days('bookings.starts_date', 365) }} as known_to
    from {{ ref('fct_bookings') }} as bookings
    inner join first_deliveries
        on
            bookings.organization_id = first_deliveries.organization_id
            and first_deliveries.export = 'bookings'
    {%- if scope %}
    inner join scope
        on {{ same_key('bookings', 'scope', customer) }}
    {%- endif %}
    where
        not bookings.is_cancelled
        and bookings.activity is not null

    union all

    select
        superseded.{{ customer | join(',\n        superseded.') }},
        superseded.activity,
        superseded.known_from,
        least(superseded.known_to, {{ plus_days('superseded.transaction_date', 365) }}) as known_to
    from {{ ref('int_superseded_transactions') }} as superseded
    {%- if scope %}
    inner join scope
        on {{ same_key('superseded', 'scope', customer) }}
    {%- endif %}
    where
        not superseded.is_cancelled
        and superseded.activity is not null

),

bought as (

    select distinct
        {{ customer | join(',\n        ') }},
        'product' as kind,
        product_id as item,
        known_from,
        known_to
    from bought_lines

    union all

    select distinct
        {{ customer | join(',\n        ') }},
        'category' as kind,
        product_category as item,
        known_from,
        known_to
    from bought_lines
    where product_category is not null

    union all

    select distinct
        {{ customer | join(',\n        ') }},
        'category' as kind,
        activity as item,
        known_from,
        known_to
    from bookings

),

spells as (

    select
        *,
        max(known_to) over (
            partition by {{ customer | join(', ') }}, kind, item
            order by known_from, known_to
            rows between unbounded preceding and 1 preceding
        ) as known_before
    from bought
    where known_from < known_to

),

final as (

    select
        {{ customer | join(',\n        ') }},
        kind,
        item,
        greatest(known_from, coalesce(known_before, known_from)) as known_from,
        known_to
    from spells
    where
        known_before is null
        or known_to > known_before

)

select * from final
