{{ config(indexes=btree([['organization_id', 'lead_id']])) }}

-- One row per lead that was ever listed, as its newest listing describes it, or that outreach or a deal names.

with listings as (

    select * from {{ ref('int_lead_listings') }}

),

snapshots as (

    select * from {{ ref('newest_snapshots') }}
    where export = 'leads'

),

never_listed as (

    select distinct
        seen.organization_id,
        seen.lead_id
    from {{ ref('int_seen_leads') }} as seen
    left join listings
        on
            seen.organization_id = listings.organization_id
            and seen.lead_id = listings.lead_id
    where listings.lead_id is null

),

final as (

    select
        listings.organization_id,
        listings.lead_id,
        coalesce(listings.campaign_id, 'unknown') as campaign_id,
        listings.company_name,
        listings.email,
        listings.domain,
        listings.created_at,
        {{ local_date('listings.created_at', 'organizations.time_zone') }} as created_date,
        listings.status,
        case
            when listings.customer_id is not null
                then coalesce(customer_types.customer_type, as_of.unlisted_customer_type)
        end as customer_type,
        listings.customer_id,
        listings._export_date as last_listed_date,
        coalesce(listings._export_date = snapshots.snapshot_date, true) as is_listed
    from listings
    inner join {{ source('raw', 'organizations') }} as organizations
        on listings.organization_id = organizations.organization_id
    inner join {{ ref('as_of_dates') }} as as_of
        on listings.organization_id = as_of.organization_id
    left join snapshots
        on listings.organization_id = snapshots.organization_id
    left join {{ ref('int_customer_types') }} as customer_types
        on
            listings.organization_id = customer_types.organization_id
            and listings.customer_id = customer_types.customer_id

    union all

    select
        organization_id,
        lead_id,
        'unknown' as campaign_id,
        cast(null as {{ dbt.type_string() }}) as company_name,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(null as {{ dbt.type_string() }}) as domain,
        cast(null as timestamptz) as created_at,
        cast(null as date) as created_date,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as {{ dbt.type_string() }}) as customer_type,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as date) as last_listed_date,
        false as is_listed
    from never_listed

)

select * from final
