{{ config(materialized='table') }}

-- No more than what is read: the answers keep the rest.
{% set facts = [
    'website', 'linkedin_url', 'industry', 'size', 'employee_count', 'naics', 'location_locality', 'location_region',
    'location_country'
] -%}

with companies as (

    select
        answers.organization_id,
        answers.subject_type,
        answers.subject_id,
        answers.provider,
        answers.known_from,
        companies.{{ facts | join(',\n        companies.') }},
        row_number() over (
            partition by answers.organization_id, answers.subject_type, answers.subject_id
            order by
                answers.is_made_up, answers.known_from desc, answers.received_at desc, {{ binary('answers.answer_id') }}
        ) as answer_rank
    from {{ ref('int_enrichment_answers') }} as answers
    inner join {{ source('raw', 'enrichment_company') }} as companies
        on
            answers.organization_id = companies.organization_id
            and answers.answer_id = companies.answer_id
    where
        answers.subject_type in ('account', 'employer')
        and companies.record_number = 1

)

select
    organization_id,
    subject_type,
    subject_id,
    provider,
    known_from,
    {{ facts | join(',\n    ') }}
from companies
where answer_rank = 1
