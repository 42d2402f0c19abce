{{ config(materialized='view') }}

-- Where addresses are: as the geocoder found them, or as they were made up for the sample.

with found as (

    select
        organization_id,
        address_id,
        known_from,
        received_at,
        longitude,
        latitude,
        nullif(state, '') as state_code,
        nullif(county, '') as county_code,
        case when tract <> '' then state || county || tract end as tract_id,
        false as is_made_up
    from {{ source('raw', 'geocodes') }}
    where outcome = 'Match'

),

made_up as (

    select
        organization_id,
        {{ address_id('address', 'city', 'state', 'zip_code') }} as address_id,
        known_from,
        cast(null as timestamptz) as received_at,
        longitude,
        latitude,
        left(tract_id, 2) as state_code,
        substring(tract_id, 3, 3) as county_code,
        tract_id,
        true as is_made_up
    from {{ source('raw', 'demo_geocodes') }}

),

final as (

    select * from found
    union all
    select * from made_up

)

select * from final
