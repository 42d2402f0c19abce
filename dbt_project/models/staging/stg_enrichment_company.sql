{{ config(materialized='table') }}

with companies as (

    select
        answers.organization_id,
        answers.subject_type,
        answers.subject_id,
        answers.provider,
        answers.known_from,
        answers.likelihood,
        companies.company_id,
        companies.name,
        companies.display_name,
        companies.website,
        companies.linkedin_url,
        companies.industry,
        companies.size,
        companies.employees_from,
        companies.employees_to,
        companies.employee_count,
        companies.founded,
        companies.naics,
        companies.location_locality,
        companies.location_region,
        companies.location_country,
        row_number() over (
            partition by answers.organization_id, answers.subject_type, answers.subject_id
            order by
                answers.is_made_up, answers.known_from desc, answers.received_at desc, {{ binary('answers.answer_id') }}
        ) as answer_rank
    from {{ ref('int_enrichment_answers') }} as answers
    inner join {{ source('raw', 'enrichment_company') }} as companies
        on answers.answer_id = companies.answer_id
    where
        answers.subject_type in ('account', 'employer')
        and companies.record_number = 1

)

select
    {{ model.columns.keys() | join(',\n    ') }}
from companies
where answer_rank = 1
