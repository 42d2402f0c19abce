{{
    config(indexes=btree([
        ['organization_id', 'lead_id'],
        ['organization_id', 'campaign_id']
    ]))
}}

{% set lead = ['organization_id', 'lead_id'] -%}

with organizations as (

    select * from {{ ref('dim_organization') }}

),

leads as (

    select * from {{ ref('int_campaign_leads') }}

),

costs as (

    select
        {{ lead | join(',\n        ') }},
        sum(cost) as acquisition_cost
    from {{ ref('lead_channel_costs') }}
    group by {{ lead | join(', ') }}

),

deals as (

    select
        {{ lead | join(',\n        ') }},
        count(*) as deal_count,
        case
            when sum(case when deal_stage = 'won' then 1 else 0 end) > 0 then 'won'
            when sum(case when deal_stage = 'pipeline' then 1 else 0 end) > 0 then 'pipeline'
            else 'lost'
        end as deal_stage,
        sum(deal_value) as deal_value,
        sum(revenue) as won_value,
        -- a deal whose probability nobody told leaves open what to expect
        case when count(expected_revenue) = count(*) then sum(expected_revenue) end as expected_revenue,
        case when count(expected_revenue) = count(*) then sum(expected_gross_margin) end as expected_gross_margin,
        min(case when deal_stage = 'won' then settled_date end) as won_date
    from {{ ref('int_campaign_deals') }}
    group by {{ lead | join(', ') }}

),

leads_with_money as (

    select
        leads.*,
        organizations.as_of_date,
        organizations.currency,
        coalesce(costs.acquisition_cost, 0) as acquisition_cost,
        coalesce(deals.deal_count, 0) as deal_count,
        deals.deal_stage,
        deals.deal_value,
        coalesce(deals.won_value, 0) as won_value,
        case when deals.deal_count is null then 0 else deals.expected_revenue end as expected_revenue,
        case when deals.deal_count is null then 0 else deals.expected_gross_margin end as expected_gross_margin,
        greatest(coalesce(deals.won_date, organizations.as_of_date) - leads.lead_date, 1) as revenue_days
    from leads
    inner join organizations
        on leads.organization_id = organizations.organization_id
    left join costs
        on {{ same_key('leads', 'costs', lead) }}
    left join deals
        on {{ same_key('leads', 'deals', lead) }}

),

final as (

    select
        {{ lead | join(',\n        ') }},
        campaign_id,
        as_of_date,
        currency,
        lead_date,
        cast(acquisition_cost as numeric(18, 2)) as acquisition_cost,
        cast(deal_count as integer) as deal_count,
        deal_stage,
        cast(deal_value as numeric(18, 2)) as deal_value,
        {{ ratio('expected_revenue', 'deal_value') }} as close_probability,
        cast(won_value as numeric(18, 2)) as won_value,
        cast(expected_revenue as numeric(18, 2)) as expected_revenue,
        cast(expected_gross_margin as numeric(18, 2)) as expected_gross_margin,
        cast(expected_revenue - acquisition_cost as numeric(18, 2)) as net_gain,
        {{ return_on('expected_revenue', 'acquisition_cost') }} as roi,
        {{ return_on('expected_gross_margin', 'acquisition_cost') }} as margin_roi,
        cast(revenue_days as integer) as revenue_days,
        {{ ratio('acquisition_cost', ratio('expected_revenue', 'revenue_days')) }} as payback_days
    from leads_with_money

)

select * from final
