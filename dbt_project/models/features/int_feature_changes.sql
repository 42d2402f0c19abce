{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_number']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

days as (

    select
        days.*,
        cast(extract(isodow from days.transaction_date) as integer) as iso_weekday,
        as_of.as_of_date
    from {{ ref('int_known_days') }} as days
    inner join as_of
        on days.organization_id = as_of.organization_id

),

contacts as (

    select
        contacts.*,
        as_of.as_of_date
    from {{ ref('int_known_contacts') }} as contacts
    inner join as_of
        on contacts.organization_id = as_of.organization_id

),

variety as (

    select
        variety.*,
        as_of.as_of_date
    from {{ ref('int_known_variety') }} as variety
    inner join as_of
        on variety.organization_id = as_of.organization_id

),

changes as (

    {{ window_changes('days', 'transaction_date', purchase_sums()) }}
    union all
    {{ window_changes('contacts', 'contact_date', contact_sums(), newest_contacts()) }}
    union all
    {{ window_changes('variety', 'known_from', variety_sums()) }}

),

final as (

    select
        {{ customer | join(',\n        ') }},
        month_number,
        {% for name, type in feature_sums() -%}
        cast(sum({{ name }}) as {{ type }}) as {{ name }},
        {% endfor -%}
        {% for name, type, expression in newest_contacts() -%}
        max({{ name }}) as {{ name }},
        {% endfor -%}
        min(known_since) as known_since
    from changes
    group by
        {{ customer | join(',\n        ') }},
        month_number

)

select * from final
