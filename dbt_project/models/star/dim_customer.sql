{{
    config(
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'valid_from']])
    )
}}

{% set attributes = [
    'email', 'phone', 'domain', 'industry', 'naics', 'address', 'city', 'state', 'country', 'zip_code',
    'employee_count', 'annual_revenue', 'birth_year', 'membership_type', 'membership_status', 'customer_since'
] -%}
{% set enriched = ['employer', 'title', 'company_size', 'linkedin_url', 'enriched_by', 'enriched_on'] -%}
{% set home = [
    'home_tract_id', 'tract_population', 'tract_median_age', 'tract_median_household_income', 'tract_degree_percent',
    'tract_owner_percent'
] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

versions as (

    select * from {{ ref('int_customer_versions') }}

),

-- what is known today says nothing of a customer's earlier versions
enrichment as (

    select * from {{ ref('int_customer_enrichment') }}

),

homes as (

    select
        places.organization_id,
        places.customer_type,
        places.customer_id,
        places.valid_from,
        places.tract_id as home_tract_id,
        tracts.population as tract_population,
        tracts.median_age as tract_median_age,
        tracts.median_household_income as tract_median_household_income,
        tracts.degree_percent as tract_degree_percent,
        tracts.owner_percent as tract_owner_percent
    from {{ ref('int_home_places') }} as places
    inner join {{ ref('dim_census_tract') }} as tracts
        on
            places.organization_id = tracts.organization_id
            and places.tract_id = tracts.tract_id

),

-- customers that facts name, and those that leads are said to have become
named as (

    select
        organization_id,
        customer_type,
        customer_id,
        first_date
    from {{ ref('int_seen_customers') }}

    union all

    select
        organization_id,
        customer_type,
        customer_id,
        created_date as first_date
    from {{ ref('dim_lead') }}
    where customer_id is not null

),

never_listed as (

    select
        named.organization_id,
        named.customer_type,
        named.customer_id,
        min(named.first_date) as first_date
    from named
    left join versions
        on
            named.organization_id = versions.organization_id
            and named.customer_type = versions.customer_type
            and named.customer_id = versions.customer_id
    where
        versions.customer_id is null
        and named.customer_type <> 'unknown'
    group by named.organization_id, named.customer_type, named.customer_id

),

final as (

    select
        versions.organization_id,
        versions.customer_type,
        versions.customer_id,
        versions.customer_name,
        versions.{{ attributes | join(',\n        versions.') }},
        enrichment.{{ enriched | join(',\n        enrichment.') }},
        homes.{{ home | join(',\n        homes.') }},
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        versions.valid_to is null as is_listed
    from versions
    left join enrichment
        on
            {{ same_key('versions', 'enrichment', ['organization_id', 'customer_type', 'customer_id']) }}
            and versions.is_current
    left join homes
        on {{ same_key('versions', 'homes', ['organization_id', 'customer_type', 'customer_id', 'valid_from']) }}

    union all

    select
        organization_id,
        customer_type,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as customer_name,
        {% for attribute in attributes + enriched + home -%}
        null as {{ attribute }},
        {% endfor -%}
        first_date as valid_from,
        cast(null as date) as valid_to,
        true as is_current,
        false as is_listed
    from never_listed

    union all

    select
        organization_id,
        'unknown' as customer_type,
        'unknown' as customer_id,
        'Unknown customer' as customer_name,
        {% for attribute in attributes + enriched + home -%}
        null as {{ attribute }},
        {% endfor -%}
        date '0001-01-01' as valid_from,
        cast(null as date) as valid_to,
        true as is_current,
        false as is_listed
    from as_of

)

select * from final
