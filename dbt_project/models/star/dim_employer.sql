{{ config(indexes=btree([['organization_id', 'employer_id']])) }}

-- Companies that members work for or know someone at. A company that is an account too, by its name, lends its facts;
-- what these leave open, third parties may know.

with connectors as (

    select
        organization_id,
        {{ employer_id('company') }} as employer_id,
        min({{ binary('trim(company)') }}) as employer_name,
        count(*) as connector_count
    from {{ ref('stg_corporate_connectors') }}
    group by organization_id, {{ employer_id('company') }}

),

members as (

    select
        organization_id,
        employer_id,
        count(distinct member_id) as member_count
    from {{ ref('int_member_employers') }}
    group by organization_id, employer_id

),

accounts as (

    select
        *,
        {{ employer_id('customer_name') }} as employer_id,
        row_number() over (
            partition by organization_id, {{ employer_id('customer_name') }}
            order by {{ binary('customer_id') }}
        ) as account_number
    from {{ ref('stg_accounts') }}

),

-- what third parties know of the employer itself, and what they say of it with its people
companies as (

    select * from {{ ref('stg_enrichment_company') }}

),

workplaces as (

    select
        organization_id,
        {{ employer_id('company_name') }} as employer_id,
        min({{ binary('company_name') }}) as employer_name,
        max({{ binary('company_website') }}) as domain,
        max({{ binary('company_industry') }}) as industry,
        max({{ binary('company_size') }}) as company_size,
        max({{ binary('provider') }}) as enriched_by
    from {{ ref('stg_enrichment_person') }}
    where company_name is not null
    group by organization_id, {{ employer_id('company_name') }}

),

employers as (

    select
        organization_id,
        employer_id,
        connectors.employer_name,
        coalesce(connectors.connector_count, 0) as connector_count,
        coalesce(members.member_count, 0) as member_count
    from connectors
    full outer join members using (organization_id, employer_id)

),

final as (

    select
        employers.organization_id,
        employers.employer_id,
        coalesce(accounts.customer_name, employers.employer_name, workplaces.employer_name) as employer_name,
        accounts.customer_id as account_id,
        coalesce(accounts.domain, companies.website, workplaces.domain) as domain,
        coalesce(accounts.industry, companies.industry, workplaces.industry) as industry,
        coalesce(accounts.naics, companies.naics) as naics,
        coalesce(accounts.city, companies.location_locality) as city,
        coalesce(accounts.state, companies.location_region) as state,
        coalesce(accounts.country, companies.location_country) as country,
        coalesce(accounts.employee_count, companies.employee_count) as employee_count,
        accounts.annual_revenue,
        coalesce(companies.size, workplaces.company_size) as company_size,
        coalesce(companies.provider, workplaces.enriched_by) as enriched_by,
        employers.connector_count,
        employers.member_count
    from employers
    left join accounts
        on
            employers.organization_id = accounts.organization_id
            and employers.employer_id = accounts.employer_id
            and accounts.account_number = 1
    left join companies
        on
            employers.organization_id = companies.organization_id
            and (
                (companies.subject_type = 'account' and accounts.customer_id = companies.subject_id)
                or (
                    companies.subject_type = 'employer'
                    and accounts.customer_id is null
                    and employers.employer_id = companies.subject_id
                )
            )
    left join workplaces
        on
            employers.organization_id = workplaces.organization_id
            and employers.employer_id = workplaces.employer_id

)

select * from final
