{{ config(indexes=btree([['organization_id', 'campaign_id']])) }}

-- One row per campaign that was ever listed, as its newest listing describes it, or that a lead, an event, a deal
-- or a cost names, and one for what belongs to none.

with listings as (

    select * from {{ ref('int_campaign_listings') }}

),

snapshots as (

    select * from {{ ref('newest_snapshots') }}
    where export = 'campaigns'

),

organizations as (

    select * from {{ ref('dim_organization') }}

),

named as (

    select
        organization_id,
        campaign_id
    from {{ ref('int_seen_leads') }}

    union

    select
        organization_id,
        campaign_id
    from {{ ref('dim_lead') }}

    union

    select
        organization_id,
        campaign_id
    from {{ ref('fct_channel_costs') }}

    union

    select
        organization_id,
        'unknown' as campaign_id
    from organizations

),

never_listed as (

    select
        named.organization_id,
        named.campaign_id
    from named
    left join listings
        on
            named.organization_id = listings.organization_id
            and named.campaign_id = listings.campaign_id
    where listings.campaign_id is null

),

final as (

    select
        listings.organization_id,
        listings.campaign_id,
        listings.campaign_name,
        listings.start_date,
        listings.end_date,
        listings.budget,
        organizations.currency,
        listings._export_date as last_listed_date,
        coalesce(listings._export_date = snapshots.snapshot_date, true) as is_listed
    from listings
    inner join organizations
        on listings.organization_id = organizations.organization_id
    left join snapshots
        on listings.organization_id = snapshots.organization_id

    union all

    select
        never_listed.organization_id,
        never_listed.campaign_id,
        case when never_listed.campaign_id = 'unknown' then 'Unknown campaign' end as campaign_name,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        cast(null as numeric(18, 2)) as budget,
        organizations.currency,
        cast(null as date) as last_listed_date,
        false as is_listed
    from never_listed
    inner join organizations
        on never_listed.organization_id = organizations.organization_id

)

select * from final
