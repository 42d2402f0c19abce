{{ config(materialized='view') }}

with tickets as (

    select * from {{ ref('fct_support_tickets') }}

),

scored as (

    select * from {{ ref('ticket_scores') }}
    where is_current

),

final as (

    select
        tickets.organization_id,
        tickets.ticket_id,
        tickets.customer_type,
        tickets.customer_id,
        tickets.opened_date,
        tickets.status,
        scored.sentiment_score,
        scored.sentiment_label,
        scored.confidence,
        scored.category,
        scored.category_source,
        scored.model_name,
        scored.model_version,
        scored.scored_as_of
    from tickets
    inner join scored
        on
            tickets.organization_id = scored.organization_id
            and tickets.ticket_id = scored.ticket_id

)

select * from final
