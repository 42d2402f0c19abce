{{ config(materialized='table') }}

-- The one place that decides which day a build speaks of and which loads it sees, so that every model of it agrees: the
-- organization's newest loaded export date, or the newest until the day that the run names.

with loads as (

    select
        organization_id,
        max(export_date) as as_of_date,
        max(case when export = 'orders' then 1 else 0 end) = 1 as delivers_orders,
        max(case when export = 'order_lines' then 1 else 0 end) = 1 as delivers_order_lines,
        max(case when export in ('members', 'bookings') then 1 else 0 end) = 1 as delivers_from_a_club,
        max(case when export in ('accounts', 'orders', 'order_lines', 'shipments') then 1 else 0 end) = 1
            as delivers_from_an_erp
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

full_lists as (

    select
        organization_id,
        {{ dbt.listagg('export', "','", 'order by export') }} as exports
    from {{ source('raw', 'organization_exports') }}
    where delivery = 'snapshot'
    group by organization_id

),

builds as (

    select coalesce(max(build_id), 0) + 1 as build_id
    from ops.model_builds

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

settings as (

    select
        organizations.organization_id,
        organizations.time_zone,
        organizations.currency,
        organizations.assumed_margin_percent,
        organizations.non_product_pattern,
        loads.as_of_date,
        loads.delivers_orders,
        coalesce(
            organizations.shipments_are_transactions,
            not loads.delivers_orders and not loads.delivers_order_lines
        ) as shipments_are_transactions,
        case
            when loads.delivers_from_a_club and not loads.delivers_from_an_erp then 'member'
            else 'account'
        end as unlisted_customer_type,
        full_lists.exports as full_lists
    from organizations
    inner join loads
        on organizations.organization_id = loads.organization_id
    left join full_lists
        on organizations.organization_id = full_lists.organization_id

),

final as (

    select
        settings.organization_id,
        settings.as_of_date,
        newest.through_load_id,
        builds.build_id,
        settings.delivers_orders,
        settings.shipments_are_transactions,
        settings.unlisted_customer_type,
        md5(
            concat_ws(
                '|',
                settings.time_zone,
                settings.currency,
                coalesce(cast(settings.assumed_margin_percent as {{ dbt.type_string() }}), '-'),
                coalesce(settings.non_product_pattern, '-'),
                cast(settings.delivers_orders as {{ dbt.type_string() }}),
                cast(settings.shipments_are_transactions as {{ dbt.type_string() }}),
                settings.unlisted_customer_type,
                coalesce(settings.full_lists, '-')
            )
        ) as fingerprint
    from settings
    cross join newest
    cross join builds

)

select * from final
