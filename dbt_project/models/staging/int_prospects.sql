{{ config(materialized='view') }}

{% set words = {
    'industry': 'industry', 'city': 'location_locality', 'state': 'location_region', 'country': 'location_country'
} -%}

-- Companies that could become customers: those of the export, and those that a search for the ideal profile found, in
-- the export's own words as far as accounts tell them. A new list of the export takes none of the found away.

with listed as (

    select
        *,
        {{ fold('domain') }} as folded_domain
    from {{ ref('stg_prospects') }}

),

found as (

    select
        answers.organization_id,
        answers.provider,
        companies.company_id,
        companies.name,
        companies.display_name,
        companies.website,
        companies.industry,
        companies.naics,
        companies.location_locality,
        companies.location_region,
        companies.location_country,
        companies.employee_count,
        row_number() over (
            partition by answers.organization_id, coalesce(companies.company_id, companies.website, companies.name)
            order by
                answers.is_made_up, answers.known_from desc, answers.received_at desc, companies.record_number,
                {{ binary('answers.answer_id') }}
        ) as found_rank
    from {{ ref('int_enrichment_answers') }} as answers
    inner join {{ source('raw', 'enrichment_company') }} as companies
        on
            answers.organization_id = companies.organization_id
            and answers.answer_id = companies.answer_id
    where
        answers.subject_type = 'search'
        and companies.name is not null

),

words as (

    select * from {{ ref('int_provider_words') }}
    where is_usual_of_provider

),

final as (

    select
        organization_id,
        prospect_id,
        company_name,
        domain,
        {{ words.keys() | join(',\n        ') }},
        naics,
        employee_count,
        annual_revenue,
        'export' as source
    from listed

    union all

    select
        found.organization_id,
        found.provider || ':' || coalesce(found.company_id, found.website, found.name) as prospect_id,
        coalesce(found.display_name, found.name) as company_name,
        found.website as domain,
        {% for attribute, theirs in words.items() -%}
        coalesce({{ attribute }}_words.own_value, found.{{ theirs }}) as {{ attribute }},
        {% endfor -%}
        found.naics,
        found.employee_count,
        cast(null as numeric(18, 2)) as annual_revenue,
        found.provider as source
    from found
    {% for attribute, theirs in words.items() -%}
    left join words as {{ attribute }}_words
        on
            found.organization_id = {{ attribute }}_words.organization_id
            and {{ attribute }}_words.attribute = '{{ attribute }}'
            and found.{{ theirs }} = {{ attribute }}_words.provider_value
    {% endfor -%}
    left join listed
        on
            found.organization_id = listed.organization_id
            and {{ fold('found.website') }} = listed.folded_domain
    where
        found.found_rank = 1
        and listed.prospect_id is null

)

select * from final
