{{
    config(
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'valid_from']])
    )
}}

{% set attributes = [
    'email', 'phone', 'domain', 'industry', 'naics', 'address', 'city', 'state', 'country', 'zip_code',
    'employee_count', 'annual_revenue', 'birth_year', 'membership_type', 'membership_status', 'customer_since'
] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

versions as (

    select * from {{ ref('int_customer_versions') }}

),

-- customers that the facts name: by their transactions, or by lines whose order was not delivered
bought as (

    select
        organization_id,
        customer_type,
        customer_id,
        first_transaction_date as first_date
    from {{ ref('int_customer_lifetime') }}

    union all

    select
        lines.organization_id,
        lines.customer_type,
        lines.customer_id,
        min(lines.ordered_date) as first_date
    from {{ ref('fct_order_lines') }} as lines
    inner join as_of
        on lines.organization_id = as_of.organization_id
    where as_of.delivers_orders
    group by lines.organization_id, lines.customer_type, lines.customer_id

),

never_listed as (

    select
        bought.organization_id,
        bought.customer_type,
        bought.customer_id,
        min(bought.first_date) as first_date
    from bought
    left join versions
        on
            bought.organization_id = versions.organization_id
            and bought.customer_type = versions.customer_type
            and bought.customer_id = versions.customer_id
    where
        versions.customer_id is null
        and bought.customer_type <> 'unknown'
    group by bought.organization_id, bought.customer_type, bought.customer_id

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
        {% for attribute in attributes -%}
        null as {{ attribute }},
        {% endfor -%}
        date '0001-01-01' as valid_from,
        cast(null as date) as valid_to,
        true as is_current,
        false as is_listed
    from as_of

)

select * from final
