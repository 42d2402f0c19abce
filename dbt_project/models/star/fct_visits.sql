-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_id', 'visited_at'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'customer_id', 'visited_at'],
            ['organization_id', 'customer_type', 'customer_id', 'visited_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'member_visits',
            'touches': {'touched_customers': {'customer_type': 'customer_type', 'customer_id': 'customer_id'}}
        }
    )
}}

with visits as (

    {% if is_incremental() -%}
    {{ changed_versions('member_visits', ['member_id', 'visited_at'], renamed={'member_id': 'customer_id'}) }}
    {%- else -%}
    select * from {{ ref('stg_member_visits') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        visits.organization_id,
        'member' as customer_type,
        visits.member_id as customer_id,
        visits.visited_at,
        {{ local_date('visits.visited_at', 'organizations.time_zone') }} as visited_date,
        coalesce(visits.visits, 1) as visits,
        visits.visit_type,
        visits._export_date,
        visits._file,
        visits._line
    from visits
    inner join organizations
        on visits.organization_id = organizations.organization_id

)

select * from final
