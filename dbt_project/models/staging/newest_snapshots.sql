{{ config(materialized='table') }}

-- Exports that an organization delivers as full lists: a key that the newest one lacks has left.

with loads as (

    select * from {{ source('ops', 'file_loads') }}

),

full_lists as (

    select * from {{ source('raw', 'organization_exports') }}
    where delivery = 'snapshot'

),

final as (

    select
        full_lists.organization_id,
        full_lists.export,
        max(loads.export_date) as snapshot_date
    from full_lists
    inner join loads
        on
            full_lists.organization_id = loads.organization_id
            and full_lists.export = loads.export
    inner join {{ ref('as_of_dates') }} as as_of
        on
            loads.organization_id = as_of.organization_id
            and loads.export_date <= as_of.as_of_date
            and loads.load_id <= as_of.through_load_id
    where loads.status = 'loaded'
    group by full_lists.organization_id, full_lists.export

)

select * from final
