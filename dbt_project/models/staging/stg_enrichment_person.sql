{{ config(materialized='table') }}

with persons as (

    select
        answers.organization_id,
        answers.subject_id as member_id,
        answers.provider,
        answers.known_from,
        answers.likelihood,
        persons.person_id,
        persons.full_name,
        persons.sex,
        persons.birth_year,
        persons.linkedin_url,
        persons.job_title,
        persons.job_title_role,
        persons.job_title_levels,
        persons.job_start_date,
        persons.company_id,
        persons.company_name,
        persons.company_website,
        persons.company_industry,
        persons.company_size,
        persons.company_employees_from,
        persons.company_employees_to,
        persons.location_locality,
        persons.location_region,
        persons.location_country,
        persons.location_postal_code,
        row_number() over (
            partition by answers.organization_id, answers.subject_id
            order by
                answers.is_made_up, answers.known_from desc, answers.received_at desc, {{ binary('answers.answer_id') }}
        ) as answer_rank
    from {{ ref('int_enrichment_answers') }} as answers
    inner join {{ source('raw', 'enrichment_person') }} as persons
        on answers.answer_id = persons.answer_id
    where answers.subject_type = 'member'

)

select
    {{ model.columns.keys() | join(',\n    ') }}
from persons
where answer_rank = 1
