{{ config(schema='staging') }}

-- The days on which exports came, as the build sees them. A full list takes the place of the one before.

with loads as (

    select distinct
        loads.organization_id,
        loads.export,
        loads.export_date
    from {{ source('ops', 'file_loads') }} as loads
    inner join {{ ref('as_of_dates') }} as as_of
        on
            loads.organization_id = as_of.organization_id
            and loads.export_date <= as_of.as_of_date
            and loads.load_id <= as_of.through_load_id
    where loads.status = 'loaded'

),

final as (

    select
        loads.organization_id,
        loads.export,
        loads.export_date,
        case when deliveries.delivery = 'snapshot' then lead(loads.export_date) over (
            partition by loads.organization_id, loads.export
            order by loads.export_date
        ) end as next_list_date,
        min(loads.export_date) over (partition by loads.organization_id, loads.export) as first_export_date
    from loads
    left join {{ source('raw', 'organization_exports') }} as deliveries
        on
            loads.organization_id = deliveries.organization_id
            and loads.export = deliveries.export

)

select * from final
