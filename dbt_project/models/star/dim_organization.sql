with organizations as (

    select * from {{ source('raw', 'organizations') }}

),

as_of as (

    select * from {{ ref('as_of_dates') }}

),

final as (

    select
        organizations.organization_id,
        organizations.name as organization_name,
        organizations.time_zone,
        organizations.currency,
        cast(organizations.fiscal_year_start_month as integer) as fiscal_year_start_month,
        cast(coalesce(organizations.assumed_margin_percent, 100) as numeric(7, 4)) as assumed_margin_percent,
        as_of.shipments_are_transactions,
        as_of.as_of_date
    from organizations
    inner join as_of
        on organizations.organization_id = as_of.organization_id

)

select * from final
