{{ config(materialized='view') }}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

tests as (

    select * from {{ ref('stg_ab_tests') }}

),

scored as (

    select * from {{ ref('ab_test_scores') }}

),

final as (

    select
        scored.organization_id,
        scored.test_id,
        scored.variant_group,
        as_of.as_of_date,
        tests.test_name,
        tests.hypothesis,
        tests.campaign_id,
        tests.test_type,
        tests.metric,
        tests.metric_type,
        tests.status,
        tests.start_date,
        tests.end_date,
        {% for name in (model.columns | list)[13:-1] -%}
        scored.{{ name }},
        {% endfor -%}
        scored.recommendation
    from scored
    inner join as_of
        on
            scored.organization_id = as_of.organization_id
            and scored.scored_as_of = as_of.as_of_date
    inner join tests
        on
            scored.organization_id = tests.organization_id
            and scored.test_id = tests.test_id

)

select * from final
