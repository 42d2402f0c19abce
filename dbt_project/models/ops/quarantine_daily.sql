{{ config(materialized='view', schema='ops') }}

-- What the loads that stand set aside, as the ledger and the quarantine tell at the moment of asking.

with loads as (

    select
        organization_id,
        export,
        export_date,
        sum(rows_read) as rows_read,
        sum(rows_quarantined) as rows_quarantined
    from {{ source('ops', 'file_loads') }}
    where status = 'loaded'
    group by organization_id, export, export_date

),

released as (

    select
        organization_id,
        export,
        export_date,
        count(*) as rows_released
    from quarantine.rows
    where status = 'released'
    group by organization_id, export, export_date

),

final as (

    select
        loads.organization_id,
        loads.export,
        loads.export_date,
        cast(loads.rows_read as bigint) as rows_read,
        cast(loads.rows_quarantined as bigint) as rows_quarantined,
        {{ ratio('loads.rows_quarantined', 'loads.rows_read') }} as quarantined_share,
        cast(coalesce(released.rows_released, 0) as bigint) as rows_released
    from loads
    left join released
        on
            loads.organization_id = released.organization_id
            and loads.export = released.export
            and loads.export_date = released.export_date

)

select * from final
