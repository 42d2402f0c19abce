{{ config(schema='staging', materialized='table') }}

-- Where those addresses are, as far as the geocoder had found them by the as-of date. Exact: what leaves this schema is
-- rounded, or a tract.

with homes as (

    select * from {{ ref('int_home_addresses') }}

),

found as (

    select
        geocodes.*,
        row_number() over (
            partition by geocodes.organization_id, geocodes.address_id
            order by geocodes.is_made_up asc, geocodes.known_from desc, geocodes.received_at desc
        ) as answer_rank
    from {{ ref('int_geocodes') }} as geocodes
    inner join {{ ref('as_of_dates') }} as as_of
        on
            geocodes.organization_id = as_of.organization_id
            and geocodes.known_from <= as_of.as_of_date

),

final as (

    select
        homes.organization_id,
        homes.customer_type,
        homes.customer_id,
        homes.valid_from,
        homes.is_home,
        found.longitude,
        found.latitude,
        found.state_code,
        found.county_code,
        found.tract_id,
        found.is_made_up
    from homes
    inner join found
        on
            homes.organization_id = found.organization_id
            and homes.address_id = found.address_id
            and found.answer_rank = 1

)

select * from final
