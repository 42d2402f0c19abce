{{ config(materialized='table') }}

{% set facts = [
    'person_id', 'full_name', 'sex', 'birth_year', 'linkedin_url', 'job_title', 'job_title_role',
    'job_title_levels', 'job_start_date', 'company_id', 'company_name', 'company_website',
    'company_industry', 'company_size', 'company_employees_from', 'company_employees_to',
    'location_locality', 'location_region', 'location_country', 'location_postal_code'
] -%}

with persons as (

    select
        answers.organization_id,
        answers.subject_id as member_id,
        answers.provider,
        answers.known_from,
        answers.likelihood,
        persons.{{ facts | join(',\n        persons.') }},
        row_number() over (
            partition by answers.organization_id, answers.subject_id
            order by
                answers.is_made_up, answers.known_from desc, answers.received_at desc, {{ binary('answers.answer_id') }}
        ) as answer_rank
    from {{ ref('int_enrichment_answers') }} as answers
    inner join {{ source('raw', 'enrichment_person') }} as persons
        on
            answers.organization_id = persons.organization_id
            and answers.answer_id = persons.answer_id
    where answers.subject_type = 'member'

)

select
    organization_id,
    member_id,
    provider,
    known_from,
    likelihood,
    {{ facts | join(',\n    ') }}
from persons
where answer_rank = 1
