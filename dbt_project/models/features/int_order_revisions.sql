-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'order_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'order_id', '_export_date']]),
        meta={'stands': '_export_date', 'export': 'order_lines'}
    )
}}

-- Orders that are made from lines which came on several days: what the lines known by each of these days made of them.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_orders as (

    {{ changed_keys('order_lines', ['order_id']) }}

),

{% endif -%}
as_of as (

    select * from {{ ref('as_of_dates') }}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

deliveries as (

    select * from {{ ref('int_deliveries') }}
    where export = 'order_lines'

),

revised as (

    select
        versions.organization_id,
        versions.order_id
    from {{ source('raw', 'order_lines') }} as versions
    inner join as_of
        on versions.organization_id = as_of.organization_id
    left join {{ ref('newest_snapshots') }} as newest_lists
        on
            versions.organization_id = newest_lists.organization_id
            and newest_lists.export = 'order_lines'
    {%- if is_incremental() %}
    inner join changed_orders
        on
            versions.organization_id = changed_orders.organization_id
            and versions.order_id = changed_orders.order_id
    {%- endif %}
    where not as_of.delivers_orders
    group by
        versions.organization_id,
        versions.order_id
    having
        min(versions._export_date) < max(versions._export_date)
        or max(versions._export_date) < max(newest_lists.snapshot_date)

),

lines as (

    select
        versions.organization_id,
        versions.order_id,
        versions.customer_id,
        versions.ordered_at,
        versions._export_date,
        cast(round(versions.quantity * versions.unit_price, 2) as numeric(18, 2)) as revenue,
        cast(
            round(versions.quantity * (versions.unit_price - versions.unit_cost), 2) as numeric(18, 2)
        ) as gross_margin,
        least(
            coalesce(deliveries.next_list_date, date '9999-12-31'),
            coalesce(lead(versions._export_date) over (
                partition by versions.organization_id, versions.order_id, versions.line_number
                order by versions._export_date, {{ binary('versions._file') }}, versions._line
            ), date '9999-12-31')
        ) as replaced_date
    from {{ source('raw', 'order_lines') }} as versions
    inner join revised
        on
            versions.organization_id = revised.organization_id
            and versions.order_id = revised.order_id
    inner join as_of
        on
            versions.organization_id = as_of.organization_id
            and versions._export_date <= as_of.as_of_date
            and versions._load_id <= as_of.through_load_id
    inner join deliveries
        on
            versions.organization_id = deliveries.organization_id
            and versions._export_date = deliveries.export_date

),

revisions as (

    select distinct
        organization_id,
        order_id,
        _export_date
    from lines

),

final as (

    select
        revisions.organization_id,
        revisions.order_id,
        revisions._export_date,
        max({{ binary('lines.customer_id') }}) as customer_id,
        min(lines.ordered_at) as ordered_at,
        cast(sum(lines.revenue) as numeric(18, 2)) as order_revenue,
        cast(
            sum(coalesce(lines.gross_margin, {{ assumed_margin('lines.revenue', 'organizations') }})) as numeric(18, 2)
        ) as gross_margin
    from revisions
    inner join lines
        on
            revisions.organization_id = lines.organization_id
            and revisions.order_id = lines.order_id
            and revisions._export_date >= lines._export_date
            and revisions._export_date < lines.replaced_date
    inner join organizations
        on revisions.organization_id = organizations.organization_id
    group by
        revisions.organization_id,
        revisions.order_id,
        revisions._export_date

)

select * from final
{%- if is_incremental() %}

union all

{{ tombstones('changed_orders', ['organization_id', 'order_id']) }}
{%- endif %}
