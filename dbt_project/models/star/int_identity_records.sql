{{ config(schema='staging', materialized='view') }}

-- Who may be the same person or company under several ids: what each source says of them.

{% set text = dbt.type_string() -%}

with customers as (

    select
        organization_id,
        customer_type as record_type,
        customer_id as record_id,
        customer_name as name,
        email,
        phone,
        domain,
        address,
        city,
        state,
        country,
        zip_code,
        birth_year,
        industry,
        employee_count,
        cast(null as {{ text }}) as customer_type,
        cast(null as {{ text }}) as customer_id
    from {{ ref('dim_customer') }}
    where
        is_current
        and customer_type <> 'unknown'

),

leads as (

    select
        organization_id,
        'lead' as record_type,
        lead_id as record_id,
        company_name as name,
        email,
        cast(null as {{ text }}) as phone,
        domain,
        cast(null as {{ text }}) as address,
        cast(null as {{ text }}) as city,
        cast(null as {{ text }}) as state,
        cast(null as {{ text }}) as country,
        cast(null as {{ text }}) as zip_code,
        cast(null as bigint) as birth_year,
        cast(null as {{ text }}) as industry,
        cast(null as bigint) as employee_count,
        customer_type,
        customer_id
    from {{ ref('dim_lead') }}

),

prospects as (

    select
        organization_id,
        'prospect' as record_type,
        prospect_id as record_id,
        company_name as name,
        cast(null as {{ text }}) as email,
        cast(null as {{ text }}) as phone,
        domain,
        cast(null as {{ text }}) as address,
        city,
        state,
        country,
        cast(null as {{ text }}) as zip_code,
        cast(null as bigint) as birth_year,
        industry,
        employee_count,
        cast(null as {{ text }}) as customer_type,
        cast(null as {{ text }}) as customer_id
    from {{ ref('int_prospects') }}

),

-- Of employers no source says more than the name: what else stands in dim_employer is an account's of that name, or
-- what third parties say of them and their people.
employers as (

    select
        organization_id,
        'employer' as record_type,
        employer_id as record_id,
        employer_name as name,
        cast(null as {{ text }}) as email,
        cast(null as {{ text }}) as phone,
        cast(null as {{ text }}) as domain,
        cast(null as {{ text }}) as address,
        cast(null as {{ text }}) as city,
        cast(null as {{ text }}) as state,
        cast(null as {{ text }}) as country,
        cast(null as {{ text }}) as zip_code,
        cast(null as bigint) as birth_year,
        cast(null as {{ text }}) as industry,
        cast(null as bigint) as employee_count,
        cast(null as {{ text }}) as customer_type,
        cast(null as {{ text }}) as customer_id
    from {{ ref('dim_employer') }}

),

final as (

    select * from customers
    union all
    select * from leads
    union all
    select * from prospects
    union all
    select * from employers

)

select * from final
