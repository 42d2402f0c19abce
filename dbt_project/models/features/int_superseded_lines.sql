-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'order_id', 'line_number'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'order_id', 'line_number', '_export_date']]),
        meta={
            'stands': 'known_to',
            'export': 'order_lines',
            'touches': {'touched_past_orders': {'order_id': 'order_id'}}
        }
    )
}}

-- What was known of order lines before a correction took its place.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

corrected as (

    {{ changed_keys('order_lines', ['order_id', 'line_number']) }}

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

{% if not is_incremental() -%}
corrected as (

    select
        versions.organization_id,
        versions.order_id,
        versions.line_number
    from {{ source('raw', 'order_lines') }} as versions
    left join {{ ref('newest_snapshots') }} as newest_lists
        on
            versions.organization_id = newest_lists.organization_id
            and newest_lists.export = 'order_lines'
    group by
        versions.organization_id,
        versions.order_id,
        versions.line_number
    having
        min(versions._export_date) < max(versions._export_date)
        or max(versions._export_date) < max(newest_lists.snapshot_date)

),

{% endif -%}
final as (

    select
        versions.organization_id,
        versions.order_id,
        versions.line_number,
        versions._export_date,
        least(
            coalesce(deliveries.next_list_date, date '9999-12-31'),
            coalesce(lead(versions._export_date) over (
                partition by versions.organization_id, versions.order_id, versions.line_number
                order by versions._export_date, {{ binary('versions._file') }}, versions._line
            ), date '9999-12-31')
        ) as known_to,
        versions.product_id,
        versions.product_category,
        coalesce(
            not ({{ matches('versions.product_id', "'^(' || organizations.non_product_pattern || ')$'") }}), true
        ) as is_product,
        versions.quantity
    from {{ source('raw', 'order_lines') }} as versions
    inner join corrected
        on
            versions.organization_id = corrected.organization_id
            and versions.order_id = corrected.order_id
            and versions.line_number = corrected.line_number
    inner join as_of
        on
            versions.organization_id = as_of.organization_id
            and versions._export_date <= as_of.as_of_date
            and versions._load_id <= as_of.through_load_id
    inner join deliveries
        on
            versions.organization_id = deliveries.organization_id
            and versions._export_date = deliveries.export_date
    inner join organizations
        on versions.organization_id = organizations.organization_id

)

select * from final
where
    known_to < date '9999-12-31'
    and known_to > _export_date
{%- if is_incremental() %}

union all

{{ tombstones('corrected', ['organization_id', 'order_id', 'line_number']) }}
{%- endif %}
