-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'transaction_type', 'transaction_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'transaction_type', 'transaction_id', 'known_from'],
            ['organization_id', 'customer_type', 'customer_id', 'transaction_date']
        ]),
        meta={
            'stands': 'known_from',
            'export': ['orders', 'order_lines', 'bookings', 'shipments'],
            'known_by': ['orders', 'order_lines', 'bookings', 'shipments'],
            'touches': {
                'touched_past_days': {
                    'customer_type': 'customer_type',
                    'customer_id': 'customer_id',
                    'transaction_date': 'transaction_date'
                }
            }
        }
    )
}}

-- What was known of a transaction before a correction took its place: its cancellation, return, move to another day or
-- customer. Facts hold the newest version alone; here are the others, each until the export that brought the next.

{% set none_of_it = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
{% set loaded = 'versions._load_id <= as_of.through_load_id' -%}
{% set by_place = binary('versions._file') ~ ', versions._line' -%}
{% set sources = [
    {
        'name': 'orders', 'export': 'orders', 'rows': source('raw', 'orders'), 'key': 'order_id', 'type': 'order',
        'customer_type': "'account'", 'customer_id': 'customer_id', 'at': 'ordered_at', 'revenue': 'order_revenue',
        'margin': 'versions.gross_margin', 'status': "coalesce(versions.status, 'fulfilled')", 'activity': none_of_it,
        'within': by_place, 'visible': loaded ~ ' and as_of.delivers_orders',
    },
    {
        'name': 'orders_of_lines', 'export': 'order_lines', 'rows': ref('int_order_revisions'), 'key': 'order_id',
        'type': 'order', 'customer_type': "'account'", 'customer_id': 'customer_id', 'at': 'ordered_at',
        'revenue': 'order_revenue', 'margin': 'versions.gross_margin', 'status': "'fulfilled'", 'activity': none_of_it,
        'within': 'versions.order_id', 'visible': 'true',
    },
    {
        'name': 'bookings', 'export': 'bookings', 'rows': source('raw', 'bookings'), 'key': 'booking_id',
        'type': 'booking', 'customer_type': "'member'", 'customer_id': 'member_id', 'at': 'starts_at',
        'revenue': 'revenue', 'margin': 'null', 'status': 'versions.status', 'activity': 'versions.activity',
        'within': by_place, 'visible': loaded,
    },
    {
        'name': 'shipments', 'export': 'shipments', 'rows': source('raw', 'shipments'), 'key': 'shipment_id',
        'type': 'shipment', 'customer_type': 'coalesce(customer_types.customer_type, as_of.unlisted_customer_type)',
        'customer_id': 'customer_id', 'at': 'shipped_at', 'revenue': 'shipment_value', 'margin': 'null',
        'status': 'versions.status', 'activity': none_of_it,
        'within': by_place, 'visible': loaded ~ ' and as_of.shipments_are_transactions',
    },
] -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

{% endif -%}
as_of as (

    select * from {{ ref('as_of_dates') }}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

customer_types as (

    select * from {{ ref('int_customer_types') }}

),

deliveries as (

    select * from {{ ref('int_deliveries') }}

),

{% for own in sources -%}
{% if is_incremental() -%}
corrected_{{ own.name }} as (

    {{ changed_keys(own.export, [own.key]) }}
    {%- if own.name == 'shipments' %}

    union

    select
        standing.organization_id,
        standing.transaction_id as {{ own.key }}
    from {{ this }} as standing
    inner join ({{ touched('touched_customer_types', ['customer_id']) }}) as retyped_customers
        on
            standing.organization_id = retyped_customers.organization_id
            and standing.customer_id = retyped_customers.customer_id
    where standing.transaction_type = '{{ own.type }}'
    {%- endif %}

),

{% else -%}
corrected_{{ own.name }} as (

    select
        versions.organization_id,
        versions.{{ own.key }}
    from {{ own.rows }} as versions
    left join {{ ref('newest_snapshots') }} as newest_lists
        on
            versions.organization_id = newest_lists.organization_id
            and newest_lists.export = '{{ own.export }}'
    group by
        versions.organization_id,
        versions.{{ own.key }}
    having
        min(versions._export_date) < max(versions._export_date)
        or max(versions._export_date) < max(newest_lists.snapshot_date)

),

{% endif -%}
-- kept apart: Postgres, which takes the corrected keys for one, would read each day's delivery anew for each of them
versions_of_{{ own.name }} as materialized (

    select versions.*
    from {{ own.rows }} as versions
    inner join corrected_{{ own.name }} as corrected
        on
            versions.organization_id = corrected.organization_id
            and versions.{{ own.key }} = corrected.{{ own.key }}

),

{{ own.name }} as (

    select
        versions.organization_id,
        '{{ own.type }}' as transaction_type,
        versions.{{ own.key }} as transaction_id,
        case when versions.{{ own.customer_id }} is null then 'unknown' else {{ own.customer_type }} end
            as customer_type,
        coalesce(versions.{{ own.customer_id }}, 'unknown') as customer_id,
        versions.{{ own.at }} as transaction_at,
        {{ local_date('versions.' ~ own.at, 'organizations.time_zone') }} as transaction_date,
        versions.{{ own.revenue }} as revenue,  -- noqa: AL09
        coalesce({{ own.margin }}, {{ assumed_margin('versions.' ~ own.revenue, 'organizations') }}) as gross_margin,
        {{ own.status }} as status,
        {{ own.activity }} as activity,
        versions._export_date,
        least(
            coalesce(deliveries.next_list_date, date '9999-12-31'),
            coalesce(lead(versions._export_date) over (
                partition by versions.organization_id, versions.{{ own.key }}
                order by versions._export_date, {{ own.within }}
            ), date '9999-12-31')
        ) as known_to,
        last_value(versions.{{ own.customer_id }}) over (
            partition by versions.organization_id, versions.{{ own.key }}
            order by versions._export_date, {{ own.within }}
            rows between unbounded preceding and unbounded following
        ) as newest_customer_id,
        deliveries.first_export_date
    from versions_of_{{ own.name }} as versions
    inner join deliveries
        on
            versions.organization_id = deliveries.organization_id
            and deliveries.export = '{{ own.export }}'
            and versions._export_date = deliveries.export_date
    inner join as_of
        on versions.organization_id = as_of.organization_id
    inner join organizations
        on versions.organization_id = organizations.organization_id
    left join customer_types  -- noqa: ST11
        on
            versions.organization_id = customer_types.organization_id
            and versions.{{ own.customer_id }} = customer_types.customer_id
    where
        versions._export_date <= as_of.as_of_date
        and {{ own.visible }}

),

{% endfor -%}
versions as (

    {% for own in sources -%}
    {{ 'union all\n' if not loop.first }}
    select * from {{ own.name }}
    {% endfor %}
),

dated as (

    select
        versions.*,
        {{ known_from('versions.transaction_date', 'versions._export_date', 'versions.first_export_date') }}
            as known_from
    from versions
    where
        versions.known_to < date '9999-12-31'
        and versions.known_to > versions._export_date

),

final as (

    select
        organization_id,
        transaction_type,
        transaction_id,
        customer_type,
        customer_id,
        transaction_at,
        transaction_date,
        known_from,
        known_to,
        cast(revenue as numeric(18, 2)) as revenue,
        cast(gross_margin as numeric(18, 2)) as gross_margin,
        status,
        coalesce(lower(status) in ('cancelled', 'returned'), false) as is_cancelled,
        transaction_type <> 'booking' and revenue < 0 as is_refund,
        activity,
        coalesce(newest_customer_id, 'unknown') <> customer_id as is_moved
    from dated
    where known_from < known_to
    {%- if is_incremental() %}
    {%- for own in sources %}

    union all

    {{ tombstones(
        'corrected_' ~ own.name, ['organization_id'],
        {'transaction_type': "'" ~ own.type ~ "'", 'transaction_id': own.key}
    ) }}
    {%- endfor %}
    {%- endif %}

)

select * from final
