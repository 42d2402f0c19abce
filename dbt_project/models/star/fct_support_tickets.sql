-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'ticket_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'ticket_id'],
            ['organization_id', 'customer_id', 'customer_type', 'opened_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'support_tickets',
            'upstream': ['int_customer_types'],
            'touches': {'touched_customers': {'customer_type': 'customer_type', 'customer_id': 'customer_id'}}
        }
    )
}}

with tickets as (

    {% if is_incremental() -%}
    {{ changed_versions('support_tickets', ['ticket_id'], has_customer=true) }}
    {%- else -%}
    select * from {{ ref('stg_support_tickets') }}
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
        tickets.organization_id,
        tickets.ticket_id,
        coalesce(customer_types.customer_type, as_of.unlisted_customer_type) as customer_type,
        tickets.customer_id,
        tickets.opened_at,
        {{ local_date('tickets.opened_at', 'organizations.time_zone') }} as opened_date,
        tickets.closed_at,
        {{ local_date('tickets.closed_at', 'organizations.time_zone') }} as closed_date,
        {{ hours_between('tickets.opened_at', 'tickets.closed_at') }} as hours_to_close,
        tickets.category,
        tickets.priority,
        tickets.subject,
        tickets.body,
        tickets.status,
        tickets.csat_score,
        tickets.nps_score,
        tickets._export_date,
        tickets._file,
        tickets._line
    from tickets
    inner join organizations
        on tickets.organization_id = organizations.organization_id
    inner join as_of
        on tickets.organization_id = as_of.organization_id
    left join customer_types
        on
            tickets.organization_id = customer_types.organization_id
            and tickets.customer_id = customer_types.customer_id

)

select * from final
