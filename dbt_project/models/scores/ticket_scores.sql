{{ config(materialized='view') }}

with scored as (

    select scores.*
    from {{ source('raw', 'ticket_scores') }} as scores
    inner join {{ ref('as_of_dates') }} as as_of
        on
            scores.organization_id = as_of.organization_id
            and scores.scored_as_of <= as_of.as_of_date

),

final as (

    select
        organization_id,
        ticket_id,
        scored_as_of,
        row_number() over (partition by organization_id, ticket_id order by scored_as_of desc) = 1 as is_current,
        text_hash,
        sentiment_score,
        sentiment_label,
        confidence,
        category,
        category_source,
        model_name,
        model_version,
        trained_as_of
    from scored

)

select * from final
