{{ config(schema='staging') }}

-- The first delivery of an export is an organization's history until then.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

final as (

    select
        loads.organization_id,
        loads.export,
        min(loads.export_date) as export_date
    from {{ source('ops', 'file_loads') }} as loads
    inner join as_of
        on
            loads.organization_id = as_of.organization_id
            and loads.export_date <= as_of.as_of_date
            and loads.load_id <= as_of.through_load_id
    where loads.status = 'loaded'
    group by loads.organization_id, loads.export

)

select * from final
