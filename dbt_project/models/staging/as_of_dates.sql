{{ config(materialized='table') }}

-- The one place that decides which day a build speaks of and which loads it sees, so that every model of it agrees.

with loads as (

    select
        organization_id,
        max(export_date) as newest_export_date,
        max(load_id) as through_load_id,
        max(case when export = 'orders' then 1 else 0 end) = 1 as delivers_orders
    from {{ source('ops', 'file_loads') }}
    where
        status = 'loaded'
        {%- if var('as_of') %}
        and export_date <= date '{{ var("as_of") }}'
        {%- endif %}
    group by organization_id

),

all_loads as (

    select
        organization_id,
        max(load_id) as through_load_id
    from {{ source('ops', 'file_loads') }}
    group by organization_id

),

builds as (

    select coalesce(max(build_id), 0) + 1 as build_id
    from ops.model_builds

)

select
    organizations.organization_id,
    {% if var('as_of') -%}
    date '{{ var("as_of") }}' as as_of_date,
    {%- else -%}
    loads.newest_export_date as as_of_date,
    {%- endif %}
    all_loads.through_load_id,
    builds.build_id,
    coalesce(loads.delivers_orders, false) as delivers_orders,
    md5(
        concat_ws(
            '|',
            organizations.time_zone,
            organizations.currency,
            cast(organizations.assumed_margin_percent as {{ dbt.type_string() }}),
            organizations.non_product_pattern,
            cast(loads.delivers_orders as {{ dbt.type_string() }})
        )
    ) as fingerprint
from {{ source('raw', 'organizations') }} as organizations
left join loads
    on organizations.organization_id = loads.organization_id
inner join all_loads
    on organizations.organization_id = all_loads.organization_id
cross join builds
{%- if not var('as_of') %}
where loads.newest_export_date is not null
{%- endif %}
