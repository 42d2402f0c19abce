{{
    config(indexes=btree([
        ['organization_id', 'lead_id'],
        ['organization_id', 'campaign_id']
    ]))
}}

{% set lead = ['organization_id', 'lead_id'] -%}

with campaigns as (

    select * from {{ ref('dim_campaign') }}

),

leads as (

    select * from {{ ref('int_campaign_leads') }}

),

money as (

    select * from {{ ref('roi_tracker') }}

),

contacts as (

    select
        contacts.*,
        {{ local_date('contacts.first_touch_at', 'organizations.time_zone') }} as first_touch_date,
        {{ local_date('contacts.last_touch_at', 'organizations.time_zone') }} as last_touch_date
    from {{ ref('int_lead_contacts') }} as contacts
    inner join {{ ref('dim_organization') }} as organizations
        on contacts.organization_id = organizations.organization_id

),

final as (

    select
        leads.{{ lead | join(',\n        leads.') }},
        leads.campaign_id,
        campaigns.campaign_name,
        money.as_of_date,
        leads.company_name,
        leads.domain,
        leads.is_listed,
        leads.status,
        case
            when leads.converted_date is not null then 'converted'
            when leads.replied_date is not null then 'replied'
            when leads.engaged_date is not null then 'engaged'
            else 'new'
        end as furthest_stage,
        leads.customer_type,
        leads.customer_id,
        leads.lead_date,
        leads.engaged_date,
        leads.replied_date,
        leads.converted_date,
        cast(money.as_of_date - leads.lead_date as integer) as age_days,
        cast(leads.engaged_date - leads.lead_date as integer) as days_to_engage,
        cast(leads.replied_date - leads.lead_date as integer) as days_to_reply,
        cast(leads.converted_date - leads.lead_date as integer) as days_to_convert,
        cast(coalesce(contacts.touches, 0) as bigint) as touches,
        cast(coalesce(contacts.channels, 0) as integer) as channels,
        contacts.first_channel,
        contacts.last_channel,
        contacts.first_touch_date,
        contacts.last_touch_date,
        cast(money.as_of_date - contacts.last_touch_date as integer) as days_since_touch,
        money.currency,
        money.acquisition_cost,
        money.deal_stage,
        money.expected_revenue
    from leads
    inner join campaigns
        on {{ same_key('leads', 'campaigns', ['organization_id', 'campaign_id']) }}
    inner join money
        on {{ same_key('leads', 'money', lead) }}
    left join contacts
        on {{ same_key('leads', 'contacts', lead) }}

)

select * from final
