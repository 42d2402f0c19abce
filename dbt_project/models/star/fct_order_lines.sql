-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'order_id', 'line_number'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'order_id', 'line_number'],
            ['organization_id', 'customer_type', 'customer_id', 'ordered_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'order_lines',
            'touches': {
                'touched_orders': {'order_id': 'order_id'},
                'touched_customers': {'customer_type': 'customer_type', 'customer_id': 'customer_id'}
            }
        }
    )
}}

with lines as (

    {% if is_incremental() -%}
    {{ changed_versions('order_lines', ['order_id', 'line_number']) }}
    {%- else -%}
    select * from {{ ref('stg_order_lines') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        lines.organization_id,
        lines.order_id,
        lines.line_number,
        case when lines.customer_id is null then 'unknown' else 'account' end as customer_type,
        coalesce(lines.customer_id, 'unknown') as customer_id,
        lines.product_id,
        lines.product_name,
        lines.product_category,
        coalesce(
            not ({{ matches('lines.product_id', "'^(' || organizations.non_product_pattern || ')$'") }}), true
        ) as is_product,
        lines.ordered_at,
        {{ local_date('lines.ordered_at', 'organizations.time_zone') }} as ordered_date,
        lines.quantity,
        lines.unit_price,
        lines.unit_cost,
        cast(round(lines.quantity * lines.unit_price, 2) as numeric(18, 2)) as revenue,
        cast(round(lines.quantity * (lines.unit_price - lines.unit_cost), 2) as numeric(18, 2)) as gross_margin,
        lines.quantity < 0 as is_refund,
        organizations.currency,
        lines.country,
        lines._export_date,
        lines._file,
        lines._line
    from lines
    inner join organizations
        on lines.organization_id = organizations.organization_id

)

select * from final
