{{ config(schema='staging', indexes=btree([['organization_id', 'deal_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Every deal until the as-of date in one campaign, with what it brought or is expected to bring. Its margin is taken at
-- the customer's own rate until now, else at the organization's, else as assumed.

with organizations as (

    select * from {{ ref('dim_organization') }}

),

leads as (

    select * from {{ ref('int_campaign_leads') }}

),

customers as (

    select * from {{ ref('customer_metrics') }}

),

margins as (

    select
        organization_id,
        sum(total_revenue) as revenue,
        sum(total_gross_margin) as gross_margin
    from customers
    group by organization_id

),

deals as (

    select
        deals.organization_id,
        deals.deal_id,
        deals.lead_id,
        {{ campaign_of('deals', 'leads') }} as campaign_id,
        deals.deal_value,
        deals.close_probability,
        deals.created_date,
        {{ settled_date('deals') }} as settled_date,
        -- what is settled later is open as of now
        case
            when {{ settled_date('deals') }} > organizations.as_of_date then 'pipeline'
            else deals.deal_stage
        end as deal_stage,
        case
            when customers.total_revenue > 0 then customers.total_revenue
            when margins.revenue > 0 then margins.revenue
            else 1000000
        end as known_revenue,
        case
            when customers.total_revenue > 0 then customers.total_gross_margin
            when margins.revenue > 0 then margins.gross_margin
            else organizations.assumed_margin_percent * 10000
        end as known_margin
    from {{ ref('fct_deals') }} as deals
    inner join organizations
        on
            deals.organization_id = organizations.organization_id
            and deals.created_date <= organizations.as_of_date
    left join leads
        on {{ same_key('deals', 'leads', ['organization_id', 'lead_id']) }}
    left join customers
        on {{ same_key('leads', 'customers', customer) }}
    left join margins
        on deals.organization_id = margins.organization_id

),

expected as (

    select
        *,
        case when deal_stage = 'won' then deal_value else 0 end as revenue,
        case deal_stage
            when 'won' then deal_value
            when 'lost' then 0
            else cast(round(deal_value * close_probability, 2) as numeric(18, 2))
        end as expected_revenue
    from deals

),

final as (

    select
        organization_id,
        deal_id,
        lead_id,
        campaign_id,
        deal_stage,
        deal_value,
        created_date,
        case when deal_stage <> 'pipeline' then settled_date end as settled_date,
        cast(revenue as numeric(18, 2)) as revenue,
        {{ proportion_of_money('revenue', 'known_margin', 'known_revenue') }} as gross_margin,
        cast(expected_revenue as numeric(18, 2)) as expected_revenue,
        {{ proportion_of_money('expected_revenue', 'known_margin', 'known_revenue') }} as expected_gross_margin
    from expected

)

select * from final
