-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_id']]),
        meta={'stands': 'customer_type', 'touches': {'touched_customer_types': {'customer_id': 'customer_id'}}}
    )
}}

-- Interactions, tickets, shipments, consents and leads name a customer without saying of which list. It is the account
-- of that id, else the member; an id that no list has held is what the organization's as_of_dates row says. Only the
-- lists decide, never the facts, so that the answer does not depend on what else was loaded.

with listed as (

    select
        organization_id,
        customer_id,
        case when count(case when customer_type = 'account' then 1 end) > 0 then 'account' else 'member' end
            as customer_type
    from {{ ref('int_customer_versions') }}
    group by organization_id, customer_id

),

{% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

standing as (

    select
        standing.organization_id,
        standing.customer_id,
        standing.customer_type
    from {{ this }} as standing
    inner join build_window
        on standing.organization_id = build_window.organization_id
    where not build_window.is_rebuild

),

final as (

    select
        organization_id,
        customer_id,
        listed.customer_type
    from listed
    full outer join standing using (organization_id, customer_id)
    where listed.customer_type is distinct from standing.customer_type

)

{%- else -%}
final as (

    select * from listed

)

{%- endif %}

select * from final
