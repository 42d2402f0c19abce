{{ config(indexes=btree([['organization_id', 'campaign_id']])) }}

{% set campaign = ['organization_id', 'campaign_id'] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

days as (

    select * from {{ ref('campaign_metrics') }}

),

newest as (

    select * from days
    where is_newest

),

spans as (

    select
        {{ campaign | join(',\n        ') }},
        min(calendar_date) as first_date,
        max(calendar_date) as last_date,
        count(*) as days,
        min(case when net_gain >= 0 and total_revenue > 0 then calendar_date end) as break_even_date
    from days
    group by {{ campaign | join(', ') }}

),

deals as (

    select
        {{ campaign | join(',\n        ') }},
        {% for stage in ['won', 'pipeline', 'lost'] -%}
        count(case when deal_stage = '{{ stage }}' then 1 end) as {{ stage }}_deals,
        {% endfor -%}
        sum(expected_revenue) as expected_revenue
    from {{ ref('int_campaign_deals') }}
    group by {{ campaign | join(', ') }}

),

customers as (

    select
        {{ campaign | join(',\n        ') }},
        count(*) as customers,
        count(case when is_new then 1 end) as new_customers,
        sum(revenue) as customer_revenue,
        sum(gross_margin) as customer_gross_margin
    from {{ ref('int_campaign_customers') }}
    group by {{ campaign | join(', ') }}

),

final as (

    select
        newest.{{ campaign | join(',\n        newest.') }},
        newest.campaign_name,
        as_of.as_of_date,
        newest.currency,
        spans.first_date,
        spans.last_date,
        cast(spans.days as integer) as days,
        campaigns.budget,
        100 * ({{ ratio('newest.total_spend', 'campaigns.budget') }}) as budget_used_percent,
        newest.total_leads,
        newest.converted_leads,
        newest.conversion_rate,
        coalesce(deals.won_deals, 0) as won_deals,
        coalesce(deals.pipeline_deals, 0) as pipeline_deals,
        coalesce(deals.lost_deals, 0) as lost_deals,
        newest.total_spend as spend,
        newest.cost_per_lead,
        newest.cost_per_conversion,
        newest.total_revenue as revenue,
        newest.net_gain,
        newest.roi,
        newest.total_gross_margin as gross_margin,
        {{ return_on('newest.total_gross_margin', 'newest.total_spend') }} as margin_roi,
        cast(coalesce(deals.expected_revenue, 0) as numeric(18, 2)) as expected_revenue,
        {{ return_on('coalesce(deals.expected_revenue, 0)', 'newest.total_spend') }} as expected_roi,
        {{ ratio('newest.total_spend', ratio('newest.total_revenue', 'spans.days')) }} as payback_days,
        {{ ratio('newest.total_spend', ratio('newest.total_gross_margin', 'spans.days')) }} as margin_payback_days,
        spans.break_even_date,
        coalesce(customers.customers, 0) as customers,
        coalesce(customers.new_customers, 0) as new_customers,
        cast(coalesce(customers.customer_revenue, 0) as numeric(18, 2)) as customer_revenue,
        cast(coalesce(customers.customer_gross_margin, 0) as numeric(18, 2)) as customer_gross_margin,
        {{ return_on('coalesce(customers.customer_gross_margin, 0)', 'newest.total_spend') }} as customer_margin_roi
    from newest
    inner join as_of
        on newest.organization_id = as_of.organization_id
    inner join campaigns
        on {{ same_key('newest', 'campaigns', campaign) }}
    inner join spans
        on {{ same_key('newest', 'spans', campaign) }}
    left join deals
        on {{ same_key('newest', 'deals', campaign) }}
    left join customers
        on {{ same_key('newest', 'customers', campaign) }}

)

select * from final
