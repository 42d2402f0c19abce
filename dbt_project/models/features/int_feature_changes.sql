-- depends_on: {{ ref('int_feature_customers') }}
{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_number']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

{% set windows = purchase_sums() | map(attribute=2) | reject('none') | unique | list -%}
{% set contact_windows = contact_sums() | map(attribute=2) | reject('none') | unique | list -%}
{% set contacts = '(select *, cast(null as date) as known_to from ' ~ ref('int_known_contacts') ~ ')' -%}

with days as (

    {{ rows_of_feature_window(ref('int_known_days'), 'transaction_date', windows) }}

),

contacts as (

    {{ rows_of_feature_window(contacts, 'contact_date', contact_windows) }}

),

variety as (

    {{ rows_of_feature_window(ref('int_known_variety')) }}

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
