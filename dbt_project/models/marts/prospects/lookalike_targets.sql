{{ config(materialized='table', indexes=btree([['organization_id', 'target_id']])) }}

with targets as (

    select * from {{ ref('lookalike_scores') }}
    where is_current

),

decisions as (

    select * from {{ ref('stg_target_updates') }}

),

final as (

    select
        targets.organization_id,
        targets.target_id,
        targets.scored_as_of,
        targets.source,
        targets.customer_type,
        targets.customer_id,
        targets.prospect_id,
        targets.company_name,
        targets.domain,
        targets.industry,
        targets.naics,
        targets.city,
        targets.state,
        targets.country,
        targets.employee_count,
        targets.annual_revenue,
        targets.similarity_score,
        targets.expected_margin,
        targets.opportunity_score,
        targets.tier,
        targets.reason_codes,
        coalesce(decisions.status, 'pending') as status,
        decisions.updated_at as status_updated_at,
        decisions.updated_by as status_updated_by,
        targets.model_name,
        targets.model_version,
        targets.trained_as_of
    from targets
    left join decisions
        on
            targets.organization_id = decisions.organization_id
            and targets.target_id = decisions.target_id

)

select * from final
