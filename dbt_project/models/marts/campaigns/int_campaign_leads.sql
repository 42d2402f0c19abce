{{ config(schema='staging', indexes=btree([['organization_id', 'lead_id']])) }}

{% set lead = ['organization_id', 'lead_id'] -%}

-- Every lead once, in one campaign, with the days on which it came in and first got as far as each stage.

with organizations as (

    select * from {{ ref('dim_organization') }}

),

leads as (

    select * from {{ ref('dim_lead') }}

),

stages as (

    select * from {{ ref('int_lead_stages') }}

),

contacts as (

    select * from {{ ref('int_lead_contacts') }}

),

deals as (

    select
        deals.*,
        case
            when deals.is_won and {{ settled_date('deals') }} <= organizations.as_of_date
                then {{ settled_date('deals') }}
        end as won_date
    from {{ ref('fct_deals') }} as deals
    inner join organizations
        on
            deals.organization_id = organizations.organization_id
            and deals.created_date <= organizations.as_of_date

),

of_deals as (

    select
        {{ lead | join(',\n        ') }},
        min(created_date) as first_deal_date,
        min(won_date) as won_date
    from deals
    group by {{ lead | join(', ') }}

),

named_by_deals as (

    select
        {{ lead | join(',\n        ') }},
        campaign_id,
        created_at,
        row_number() over (
            partition by {{ lead | join(', ') }}
            order by created_at, {{ binary('campaign_id') }}
        ) as deal_rank
    from deals
    where campaign_id <> 'unknown'

),

dated as (

    select
        leads.*,
        case
            when leads.campaign_id <> 'unknown' then leads.campaign_id
            when named_by_deals.created_at < contacts.first_campaign_at then named_by_deals.campaign_id
            when contacts.first_campaign_at is not null then contacts.first_campaign_id
            else coalesce(named_by_deals.campaign_id, 'unknown')
        end as own_campaign_id,
        case
            when leads.created_date <= organizations.as_of_date then leads.created_date
            else least(
                {{ local_date('contacts.first_event_at', 'organizations.time_zone') }},
                of_deals.first_deal_date
            )
        end as lead_date,
        least(stages.engaged_date, contacts.engaged_date, of_deals.won_date) as first_engaged_date,
        least(stages.replied_date, contacts.replied_date) as first_replied_date,
        least(stages.converted_date, contacts.converted_date, of_deals.won_date) as first_converted_date
    from leads
    inner join organizations
        on leads.organization_id = organizations.organization_id
    left join stages
        on {{ same_key('leads', 'stages', lead) }}
    left join contacts
        on {{ same_key('leads', 'contacts', lead) }}
    left join of_deals
        on {{ same_key('leads', 'of_deals', lead) }}
    left join named_by_deals
        on
            {{ same_key('leads', 'named_by_deals', lead) }}
            and named_by_deals.deal_rank = 1

),

-- what came of a lead came after it; a lead that is still to come is none
final as (

    select
        dated.{{ lead | join(',\n        dated.') }},
        dated.own_campaign_id as campaign_id,
        dated.lead_date,
        case when dated.first_engaged_date is not null then greatest(dated.lead_date, dated.first_engaged_date) end
            as engaged_date,
        case when dated.first_replied_date is not null then greatest(dated.lead_date, dated.first_replied_date) end
            as replied_date,
        case when dated.first_converted_date is not null then greatest(dated.lead_date, dated.first_converted_date) end
            as converted_date,
        dated.status,
        dated.company_name,
        dated.domain,
        dated.is_listed,
        dated.customer_type,
        dated.customer_id
    from dated
    where dated.lead_date is not null

)

select * from final
