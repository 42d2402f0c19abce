{{ config(indexes=btree([['organization_id', 'employer_id']])) }}

-- Companies that members work for or know someone at. A company that is an account too, by its name, lends its facts.

with connectors as (

    select
        organization_id,
        md5({{ fold('company') }}) as employer_id,
        min({{ binary('trim(company)') }}) as employer_name,
        count(*) as connector_count
    from {{ ref('stg_corporate_connectors') }}
    group by organization_id, md5({{ fold('company') }})

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
        md5({{ fold('customer_name') }}) as employer_id,
        row_number() over (
            partition by organization_id, md5({{ fold('customer_name') }})
            order by {{ binary('customer_id') }}
        ) as account_number
    from {{ ref('stg_accounts') }}

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
        coalesce(accounts.customer_name, employers.employer_name) as employer_name,
        accounts.customer_id as account_id,
        accounts.domain,
        accounts.industry,
        accounts.naics,
        accounts.city,
        accounts.state,
        accounts.country,
        accounts.employee_count,
        accounts.annual_revenue,
        employers.connector_count,
        employers.member_count
    from employers
    left join accounts
        on
            employers.organization_id = accounts.organization_id
            and employers.employer_id = accounts.employer_id
            and accounts.account_number = 1

)

select * from final
