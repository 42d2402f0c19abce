{{ config(schema='staging', materialized='view') }}

-- Home addresses that may be sent to the Census Bureau's geocoder: in the United States, of customers who allow
-- enrichment. Where an organization delivers consents, only a granted one allows it.

with organizations as (

    select * from {{ source('raw', 'organizations') }}

),

-- by their address; without a country a ZIP code is American where prices are in dollars
american as (

    select
        versions.organization_id,
        versions.customer_type,
        versions.customer_id,
        versions.valid_from,
        versions.is_current and versions.valid_to is null as is_home,
        versions.address,
        versions.city,
        versions.state,
        versions.zip_code
    from {{ ref('int_customer_versions') }} as versions
    inner join organizations
        on versions.organization_id = organizations.organization_id
    where
        versions.address is not null
        and case
            when trim(versions.country) <> ''
                then {{ fold('versions.country') }} in (
                    'us', 'usa', 'u.s.', 'u.s.a.', 'united states', 'united states of america'
                )
            else organizations.currency = 'USD'
        end
        and (
            {{ matches('trim(versions.zip_code)', "'^[0-9]{5}(-?[0-9]{4})?$'") }}
            or {{ matches('trim(versions.address)', "'[ ,][A-Za-z]{2}[ ,]+[0-9]{5}(-?[0-9]{4})?$'") }}
        )

),

ask_for_consent as (

    select distinct loads.organization_id
    from {{ source('ops', 'file_loads') }} as loads
    inner join {{ ref('as_of_dates') }} as as_of
        on
            loads.organization_id = as_of.organization_id
            and loads.export_date <= as_of.as_of_date
            and loads.load_id <= as_of.through_load_id
    where
        loads.export = 'consents'
        and loads.status = 'loaded'

),

allowed as (

    select american.*
    from american
    left join ask_for_consent
        on american.organization_id = ask_for_consent.organization_id
    left join {{ ref('int_enrichment_consents') }} as consents
        on
            american.organization_id = consents.organization_id
            and american.customer_type = consents.customer_type
            and american.customer_id = consents.customer_id
    where coalesce(consents.is_granted, ask_for_consent.organization_id is null)

),

final as (

    select
        organization_id,
        customer_type,
        customer_id,
        valid_from,
        is_home,
        {{ address_id('address', 'city', 'state', 'zip_code') }} as address_id,
        address,
        city,
        state,
        zip_code
    from allowed

)

select * from final
where address_id is not null
