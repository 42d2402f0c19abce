{{ config(schema='staging', indexes=btree([['organization_id', 'lead_id']])) }}

{% set lead = ['organization_id', 'lead_id'] -%}

-- Every lead once, in one campaign, with the days on which it came in and first got as far as each stage.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

leads as (

    select * from {{ ref('dim_lead') }}

),

stages as (

    select * from {{ ref('int_lead_stages') }}

),

touches as (

    select * from {{ ref('int_lead_touches') }}

),

deals as (

    select
        deals.*,
        coalesce(deals.closed_date, deals.created_date) as settled_date
    from {{ ref('fct_deals') }} as deals
    inner join as_of
        on
            deals.organization_id = as_of.organization_id
            and deals.created_date <= as_of.as_of_date

),

of_events as (

    select
        {{ lead | join(',\n        ') }},
        min(first_event_date) as first_event_date,
        min(engaged_date) as engaged_date,
        min(replied_date) as replied_date,
        min(converted_date) as converted_date
    from touches
    group by {{ lead | join(', ') }}

),

of_deals as (

    select
        deals.{{ lead | join(',\n        deals.') }},
        min(deals.created_date) as first_deal_date,
        min(case when deals.is_won and deals.settled_date <= as_of.as_of_date then deals.settled_date end) as won_date
    from deals
    inner join as_of
        on deals.organization_id = as_of.organization_id
    group by deals.{{ lead | join(', deals.') }}

),

named_campaigns as (

    select
        {{ lead | join(',\n        ') }},
        campaign_id,
        row_number() over (
            partition by {{ lead | join(', ') }}
            order by named_at, {{ binary('campaign_id') }}
        ) as campaign_rank
    from (
        select
            {{ lead | join(',\n            ') }},
            campaign_id,
            first_event_at as named_at
        from touches

        union all

        select
            {{ lead | join(',\n            ') }},
            campaign_id,
            created_at as named_at
        from deals
    ) as named
    where campaign_id <> 'unknown'

),

dated as (

    select
        leads.*,
        case
            when leads.campaign_id <> 'unknown' then leads.campaign_id
            else coalesce(named_campaigns.campaign_id, 'unknown')
        end as own_campaign_id,
        case
            when leads.created_date <= as_of.as_of_date then leads.created_date
            else least(of_events.first_event_date, of_deals.first_deal_date)
        end as lead_date,
        least(stages.engaged_date, of_events.engaged_date, of_deals.won_date) as first_engaged_date,
        least(stages.replied_date, of_events.replied_date) as first_replied_date,
        least(stages.converted_date, of_events.converted_date, of_deals.won_date) as first_converted_date
    from leads
    inner join as_of
        on leads.organization_id = as_of.organization_id
    left join stages
        on {{ same_key('leads', 'stages', lead) }}
    left join of_events
        on {{ same_key('leads', 'of_events', lead) }}
    left join of_deals
        on {{ same_key('leads', 'of_deals', lead) }}
    left join named_campaigns
        on
            {{ same_key('leads', 'named_campaigns', lead) }}
            and named_campaigns.campaign_rank = 1

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
