{{
    config(
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'valid_from']])
    )
}}

{% set attributes = [
    'email', 'phone', 'domain', 'industry', 'naics', 'address', 'city', 'state', 'country', 'zip_code',
    'employee_count', 'annual_revenue', 'birth_year', 'membership_type', 'membership_status', 'customer_since'
] -%}

with versions as (

    select * from {{ ref('int_customer_versions') }}

),

lifetime as (

    select * from {{ ref('int_customer_lifetime') }}

),

-- customers that bought without ever standing in a snapshot: the source delivers no list, or not this one
never_listed as (

    select
        lifetime.organization_id,
        lifetime.customer_type,
        lifetime.customer_id,
        lifetime.first_transaction_date
    from lifetime
    left join versions
        on
            lifetime.organization_id = versions.organization_id
            and lifetime.customer_type = versions.customer_type
            and lifetime.customer_id = versions.customer_id
    where
        versions.customer_id is null
        and lifetime.customer_type <> 'unknown'

),

final as (

    select
        organization_id,
        customer_type,
        customer_id,
        customer_name,
        {{ attributes | join(',\n        ') }},
        valid_from,
        valid_to,
        is_current,
        valid_to is null as is_listed
    from versions

    union all

    select
        organization_id,
        customer_type,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as customer_name,
        {% for attribute in attributes -%}
        null as {{ attribute }},
        {% endfor -%}
        first_transaction_date as valid_from,
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
        {% for attribute in attributes -%}
        null as {{ attribute }},
        {% endfor -%}
        date '0001-01-01' as valid_from,
        cast(null as date) as valid_to,
        true as is_current,
        false as is_listed
    from {{ ref('as_of_dates') }}

)

select * from final
