{{ config(schema='staging', materialized='view') }}

-- Where members work: by the list of connectors, by an e-mail address at an account's own domain, or by what a third
-- party knows.

with accounts as (

    select
        organization_id,
        {{ employer_id('customer_name') }} as employer_id,
        {{ fold('domain') }} as domain
    from {{ ref('stg_accounts') }}
    where domain is not null

),

members as (

    select
        organization_id,
        member_id,
        {{ fold("split_part(email, '@', 2)") }} as domain
    from {{ ref('stg_members') }}
    where email is not null

),

final as (

    select distinct
        organization_id,
        member_id,
        {{ employer_id('company') }} as employer_id,
        'connector' as source
    from {{ ref('stg_corporate_connectors') }}
    where member_id is not null

    union all

    select distinct
        members.organization_id,
        members.member_id,
        accounts.employer_id,
        'email_domain' as source
    from members
    inner join accounts
        on
            members.organization_id = accounts.organization_id
            and members.domain = accounts.domain

    union all

    select
        organization_id,
        member_id,
        {{ employer_id('company_name') }} as employer_id,
        'enrichment' as source
    from {{ ref('stg_enrichment_person') }}
    where company_name is not null

)

select * from final
