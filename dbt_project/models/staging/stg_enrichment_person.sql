{{ config(materialized='table') }}

-- No more than what is read: the answers keep the rest.
{% set facts = [
    'linkedin_url', 'job_title', 'company_name', 'company_website', 'company_industry', 'company_size'
] -%}

with persons as (

    select
        answers.organization_id,
        answers.subject_id as member_id,
        answers.provider,
        answers.known_from,
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
    {{ facts | join(',\n    ') }}
from persons
where answer_rank = 1
