with organizations as (

    select * from {{ ref('dim_organization') }}

),

-- the last thirty days are few rows of a long history
interactions as (

    select
        interactions.organization_id,
        count(case when interactions.interaction_date = organizations.as_of_date then 1 end) as interactions_today,
        count(
            case
                when interactions.interaction_date > {{ plus_days('organizations.as_of_date', -7) }} then 1
            end
        ) as interactions_7d,
        count(*) as interactions_30d
    from {{ ref('fct_interactions') }} as interactions
    inner join organizations
        on interactions.organization_id = organizations.organization_id
    where
        interactions.interaction_date > {{ plus_days('organizations.as_of_date', -30) }}
        and interactions.interaction_date <= organizations.as_of_date
    group by interactions.organization_id

),

summaries as (

    select * from {{ ref('organization_summary') }}

),

top_segments as (

    select * from {{ ref('dashboard_top_segments') }}
    where segment_rank = 1

),

newest as (

    select * from {{ ref('dashboard_newest_activity') }}
    where activity_rank = 1

),

final as (

    select
        summaries.organization_id,
        summaries.organization_name,
        summaries.as_of_date,
        summaries.total_customers,
        summaries.active_customers,
        coalesce(interactions.interactions_today, 0) as interactions_today,
        coalesce(interactions.interactions_7d, 0) as interactions_7d,
        coalesce(interactions.interactions_30d, 0) as interactions_30d,
        top_segments.segment_id as top_segment_id,
        top_segments.customer_count as top_segment_customers,
        newest.interaction_at as newest_interaction_at,
        newest.customer_name as newest_interaction_customer_name,
        newest.interaction_type as newest_interaction_type
    from summaries
    left join interactions
        on summaries.organization_id = interactions.organization_id
    left join top_segments
        on summaries.organization_id = top_segments.organization_id
    left join newest
        on summaries.organization_id = newest.organization_id

)

select * from final
