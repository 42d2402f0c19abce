{{ config(schema='staging', materialized='view') }}

-- What third parties know of customers as of the as-of date: of members as persons, of accounts as companies.

with members as (

    select
        organization_id,
        'member' as customer_type,
        member_id as customer_id,
        company_name as employer,
        job_title as title,
        company_size,
        linkedin_url,
        provider as enriched_by,
        known_from as enriched_on
    from {{ ref('stg_enrichment_person') }}

),

accounts as (

    select
        organization_id,
        subject_type as customer_type,
        subject_id as customer_id,
        cast(null as {{ dbt.type_string() }}) as employer,
        cast(null as {{ dbt.type_string() }}) as title,
        size as company_size,
        linkedin_url,
        provider as enriched_by,
        known_from as enriched_on
    from {{ ref('stg_enrichment_company') }}
    where subject_type = 'account'

),

final as (

    select * from members

    union all

    select * from accounts

)

select * from final
