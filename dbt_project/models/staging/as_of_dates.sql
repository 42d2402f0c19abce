{{ config(materialized='table') }}

-- The one place that decides which day a build speaks of and which loads it sees, so that every model of it agrees: the
-- organization's newest loaded export date, or the newest until the day that the run names.

with loads as (

    select
        organization_id,
        max(export_date) as as_of_date,
        max(case when export = 'orders' then 1 else 0 end) = 1 as delivers_orders
    from {{ source('ops', 'file_loads') }}
    where
        status = 'loaded'  -- noqa: LT02
        {%- if var('as_of') %}
        and export_date <= date '{{ var("as_of") }}'
        {%- endif %}
    group by organization_id

),

newest as (

    select coalesce(max(load_id), 0) as through_load_id
    from {{ source('ops', 'file_loads') }}

),

builds as (

    select coalesce(max(build_id), 0) + 1 as build_id
    from ops.model_builds

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        organizations.organization_id,
        loads.as_of_date,
        newest.through_load_id,
        builds.build_id,
        loads.delivers_orders,
        md5(
            concat_ws(
                '|',
                organizations.time_zone,
                organizations.currency,
                coalesce(cast(organizations.assumed_margin_percent as {{ dbt.type_string() }}), '-'),
                coalesce(organizations.non_product_pattern, '-'),
                cast(loads.delivers_orders as {{ dbt.type_string() }})
            )
        ) as fingerprint
    from organizations
    inner join loads
        on organizations.organization_id = loads.organization_id
    cross join newest
    cross join builds

)

select * from final
