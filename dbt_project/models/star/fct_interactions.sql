-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'interaction_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'interaction_id'],
            ['organization_id', 'customer_id', 'customer_type', 'interaction_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'interactions',
            'upstream': ['int_customer_types'],
            'touches': {'touched_customers': {'customer_type': 'customer_type', 'customer_id': 'customer_id'}}
        }
    )
}}

with interactions as (

    {% if is_incremental() -%}
    {{ changed_versions('interactions', ['interaction_id'], has_customer=true) }}
    {%- else -%}
    select * from {{ ref('stg_interactions') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

as_of as (

    select * from {{ ref('as_of_dates') }}

),

customer_types as (

    select * from {{ ref('int_customer_types') }}

),

final as (

    select
        interactions.organization_id,
        interactions.interaction_id,
        coalesce(customer_types.customer_type, as_of.unlisted_customer_type) as customer_type,
        interactions.customer_id,
        interactions.interaction_type,
        interactions.subject,
        interactions.description,
        interactions.status,
        interactions.interaction_at,
        {{ local_date('interactions.interaction_at', 'organizations.time_zone') }} as interaction_date,
        interactions.created_by,
        interactions._export_date,
        interactions._file,
        interactions._line
    from interactions
    inner join organizations
        on interactions.organization_id = organizations.organization_id
    inner join as_of
        on interactions.organization_id = as_of.organization_id
    left join customer_types
        on
            interactions.organization_id = customer_types.organization_id
            and interactions.customer_id = customer_types.customer_id

)

select * from final
