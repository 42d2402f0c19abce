-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'order_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'order_id'],
            ['organization_id', 'customer_type', 'customer_id', 'ordered_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'orders',
            'upstream': ['fct_order_lines'],
            'touches': {
                'touched_customer_days': {
                    'customer_type': 'customer_type',
                    'customer_id': 'customer_id',
                    'transaction_date': 'ordered_date'
                }
            }
        }
    )
}}

-- Orders as the source delivers them; where an organization delivers lines alone, orders made from their lines.

{% set bounds = build_bounds() -%}

with delivered as (

    {% if is_incremental() -%}
    {{ changed_versions('orders', ['order_id']) }}
    {%- else -%}
    select * from {{ ref('stg_orders') }}
    {%- endif %}

),

as_of as (

    select * from {{ ref('as_of_dates') }}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

{% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

touched_orders as (

    {{ touched('touched_orders', ['order_id']) }}
    {%- if bounds['rebuilds'] %}

    union

    select
        lines.organization_id,
        lines.order_id
    from {{ ref('fct_order_lines') }} as lines
    inner join build_window
        on lines.organization_id = build_window.organization_id
    where build_window.is_rebuild
    {%- endif %}

),

lines as (

    select
        touched_orders.organization_id,
        touched_orders.order_id,
        lines.customer_type,
        lines.customer_id,
        lines.ordered_at,
        lines.revenue,
        lines.gross_margin,
        lines._export_date,
        lines._file,
        lines._line
    from touched_orders
    left join {{ ref('fct_order_lines') }} as lines
        on
            touched_orders.organization_id = lines.organization_id
            and touched_orders.order_id = lines.order_id

),

{% else -%}
lines as (

    select * from {{ ref('fct_order_lines') }}

),

{% endif -%}
derived as (

    select
        lines.organization_id,
        lines.order_id,
        max(case when lines.customer_type = 'account' then {{ binary('lines.customer_id') }} end) as customer_id,
        min(lines.ordered_at) as ordered_at,
        sum(lines.revenue) as order_revenue,
        sum(
            coalesce(lines.gross_margin, {{ assumed_margin('lines.revenue', 'organizations') }})
        ) as gross_margin,
        count(lines.gross_margin) < count(*) as is_margin_assumed,
        max(lines._export_date) as _export_date,
        max({{ binary('lines._file') }}) as _file,
        min(lines._line) as _line
    from lines
    inner join organizations
        on lines.organization_id = organizations.organization_id
    inner join as_of
        on lines.organization_id = as_of.organization_id
    where not as_of.delivers_orders
    group by lines.organization_id, lines.order_id

),

orders as (

    select
        delivered.organization_id,
        delivered.order_id,
        delivered.customer_id,
        delivered.ordered_at,
        delivered.order_revenue as revenue,
        coalesce(
            delivered.gross_margin,
            {{ assumed_margin('delivered.order_revenue', 'organizations') }}
        ) as gross_margin,
        delivered.gross_margin is null as is_margin_assumed,
        coalesce(delivered.currency, organizations.currency) as currency,
        delivered.status,
        false as is_derived_from_lines,
        organizations.time_zone,
        delivered._export_date,
        delivered._file,
        delivered._line
    from delivered
    inner join organizations
        on delivered.organization_id = organizations.organization_id

    union all

    select
        derived.organization_id,
        derived.order_id,
        derived.customer_id,
        derived.ordered_at,
        derived.order_revenue as revenue,
        derived.gross_margin,
        derived.is_margin_assumed,
        organizations.currency,
        'fulfilled' as status,
        true as is_derived_from_lines,
        organizations.time_zone,
        derived._export_date,
        derived._file,
        derived._line
    from derived
    inner join organizations
        on derived.organization_id = organizations.organization_id

),

final as (

    select
        organization_id,
        order_id,
        case when customer_id is null then 'unknown' else 'account' end as customer_type,
        coalesce(customer_id, 'unknown') as customer_id,
        ordered_at,
        {{ local_date('ordered_at', 'time_zone') }} as ordered_date,
        cast(revenue as numeric(18, 2)) as revenue,
        cast(gross_margin as numeric(18, 2)) as gross_margin,
        is_margin_assumed,
        currency,
        coalesce(status, 'fulfilled') as status,
        coalesce(status in ('cancelled', 'returned'), false) as is_cancelled,
        coalesce(revenue < 0, false) as is_refund,
        is_derived_from_lines,
        _export_date,
        _file,
        _line
    from orders

)

select * from final
