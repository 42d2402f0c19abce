-- Months add up to what the facts hold until the as-of date.
{{ config(meta={'dagster': {'ref': {'name': 'customer_activity'}}}) }}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

months as (

    select
        organization_id,
        sum(transactions) as transactions,
        sum(visits) as visits,
        sum(shipments) as shipments,
        sum(interactions) as interactions
    from {{ ref('customer_activity') }}
    group by organization_id

),

facts as (

    select
        as_of.organization_id,
        (
            select coalesce(sum(days.order_count), 0)
            from {{ ref('fct_customer_day') }} as days
            where
                days.organization_id = as_of.organization_id
                and days.transaction_date <= as_of.as_of_date
                and days.customer_type <> 'unknown'
        ) as transactions,
        (
            select coalesce(sum(visits.visits), 0)
            from {{ ref('fct_visits') }} as visits
            where
                visits.organization_id = as_of.organization_id
                and visits.visited_date <= as_of.as_of_date
        ) as visits,
        (
            select count(*)
            from {{ ref('fct_shipments') }} as shipments
            where
                shipments.organization_id = as_of.organization_id
                and shipments.shipped_date <= as_of.as_of_date
                and not shipments.is_cancelled
                and shipments.customer_type <> 'unknown'
        ) as shipments,
        (
            select count(*)
            from {{ ref('fct_interactions') }} as interactions
            where
                interactions.organization_id = as_of.organization_id
                and interactions.interaction_date <= as_of.as_of_date
                and interactions.customer_type <> 'unknown'
        ) as interactions
    from as_of

)

select facts.organization_id
from facts
left join months
    on facts.organization_id = months.organization_id
where
    facts.transactions <> coalesce(months.transactions, 0)
    or facts.visits <> coalesce(months.visits, 0)
    or facts.shipments <> coalesce(months.shipments, 0)
    or facts.interactions <> coalesce(months.interactions, 0)
