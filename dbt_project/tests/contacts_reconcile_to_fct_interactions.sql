-- Customers' contacts, and their kinds and states, add up to those on record until the as-of date.
{{ config(meta={'dagster': {'ref': {'name': 'organization_summary'}}}) }}

with recorded as (

    select
        as_of.organization_id,
        count(interactions.interaction_id) as total_interactions
    from {{ ref('as_of_dates') }} as as_of
    left join {{ ref('fct_interactions') }} as interactions
        on
            as_of.organization_id = interactions.organization_id
            and as_of.as_of_date >= interactions.interaction_date
            and interactions.customer_type <> 'unknown'
    group by as_of.organization_id

),

summed as (

    select
        organization_id,
        total_interactions,
        calls + emails + meetings + support_tickets + complaints + feedbacks as of_kinds,
        pending + in_progress + completed + cancelled as of_states
    from {{ ref('organization_summary') }}

)

select recorded.organization_id
from recorded
left join summed
    on recorded.organization_id = summed.organization_id
where
    summed.organization_id is null
    or recorded.total_interactions <> summed.total_interactions
    or recorded.total_interactions <> summed.of_kinds
    or recorded.total_interactions <> summed.of_states
