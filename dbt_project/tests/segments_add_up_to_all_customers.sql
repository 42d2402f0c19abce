-- Every customer is in one RFM class and one tier of each kind: their members and revenue are those of all customers.
{{ config(meta={'dagster': {'ref': {'name': 'segment_summary'}}}) }}

with days as (

    select
        organization_id,
        as_of_date,
        count(*) as customer_count,
        sum(revenue_365d) as revenue_365d
    from {{ ref('customer_tiers') }}
    group by organization_id, as_of_date

),

summary as (

    select
        organization_id,
        as_of_date,
        segment_type,
        sum(member_count) as member_count,
        sum(revenue_365d) as revenue_365d
    from {{ ref('segment_summary') }}
    where segment_type in ('rfm_class', 'volume_tier', 'profitability_tier')
    group by organization_id, as_of_date, segment_type

)

select
    days.*,
    summary.segment_type
from days
left join summary
    on
        days.organization_id = summary.organization_id
        and days.as_of_date = summary.as_of_date
where
    summary.organization_id is null
    or days.customer_count <> summary.member_count
    or days.revenue_365d <> summary.revenue_365d
