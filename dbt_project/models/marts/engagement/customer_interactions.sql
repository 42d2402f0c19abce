{{ config(indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set types = {
    'call': 'calls', 'email': 'emails', 'meeting': 'meetings', 'support_ticket': 'support_tickets',
    'complaint': 'complaints', 'feedback': 'feedbacks'
} -%}
{% set statuses = ['pending', 'in_progress', 'completed', 'cancelled'] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

customers as (

    select
        {{ customer | join(',\n        ') }},
        customer_name
    from {{ ref('dim_customer') }}
    where
        is_current
        and customer_type <> 'unknown'

),

interactions as (

    select
        {{ customer | join(',\n        ') }},
        interaction_date,
        {% for type, name in types.items() -%}
        count(case when interaction_type = '{{ type }}' then 1 end) as {{ name }},
        {% endfor -%}
        {% for status in statuses -%}
        count(case when status = '{{ status }}' then 1 end) as {{ status }},
        {% endfor -%}
        count(*) as total_interactions
    from {{ ref('fct_interactions') }}
    group by {{ customer | join(', ') }}, interaction_date

),

final as (

    select
        customers.{{ customer | join(',\n        customers.') }},
        customers.customer_name,
        as_of.as_of_date,
        {% for name in ['total_interactions'] + types.values() | list + statuses -%}
        cast(coalesce(sum(interactions.{{ name }}), 0) as bigint) as {{ name }},
        {% endfor -%}
        min(interactions.interaction_date) as first_interaction_date,
        max(interactions.interaction_date) as last_interaction_date
    from customers
    inner join as_of
        on customers.organization_id = as_of.organization_id
    left join interactions
        on
            {{ same_key('customers', 'interactions', customer) }}
            and as_of.as_of_date >= interactions.interaction_date
    group by
        customers.{{ customer | join(',\n        customers.') }},
        customers.customer_name,
        as_of.as_of_date

)

select * from final
