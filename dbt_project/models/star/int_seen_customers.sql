-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id']]),
        meta={
            'stands': 'first_date',
            'upstream': [
                'fct_customer_day', 'fct_order_lines', 'fct_shipments', 'fct_visits', 'fct_survey_responses',
                'fct_interactions', 'fct_support_tickets'
            ]
        }
    )
}}

-- Lines count on their own only where orders are delivered too, shipments where they are no transactions: otherwise
-- fct_customer_day has them.
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set facts = [
    ('fct_customer_day', 'transaction_date', 'transaction_date', 'true'),
    ('fct_order_lines', 'ordered_date', 'ordered_date', 'as_of.delivers_orders'),
    ('fct_shipments', 'shipped_date', 'shipped_date', 'not as_of.shipments_are_transactions'),
    ('fct_visits', 'visited_date', 'visited_date', 'true'),
    ('fct_survey_responses', 'responded_date', 'responded_date', 'true'),
    ('fct_interactions', 'interaction_date', 'interaction_date', 'true'),
    ('fct_support_tickets', 'opened_date', 'coalesce(fact.closed_date, fact.opened_date)', 'true'),
] -%}
{% set rebuilds = build_bounds()['rebuilds'] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

{% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

touched_customers as (

    {{ touched('touched_customers', customer[1:]) }}

    union

    {{ touched('touched_customer_days', customer[1:]) }}

),

{% endif -%}
seen as (

    {% for fact, first_date, last_date, condition in facts -%}
    {{ 'union all\n' if not loop.first }}
    select
        fact.{{ customer | join(',\n        fact.') }},
        fact.{{ first_date }} as first_date,
        {{ last_date if '(' in last_date else 'fact.' ~ last_date }} as last_date
    from {{ ref(fact) }} as fact
    inner join as_of
        on fact.organization_id = as_of.organization_id
    {%- if is_incremental() %}
    inner join touched_customers
        on {{ same_key('fact', 'touched_customers', customer) }}
    {%- endif %}
    where {{ condition }}
    {% endfor %}
    {%- if rebuilds %}
    {%- for fact, first_date, last_date, condition in facts %}
    union all
    select
        fact.{{ customer | join(',\n        fact.') }},
        fact.{{ first_date }} as first_date,
        {{ last_date if '(' in last_date else 'fact.' ~ last_date }} as last_date
    from {{ ref(fact) }} as fact
    inner join as_of
        on fact.organization_id = as_of.organization_id
    inner join build_window
        on fact.organization_id = build_window.organization_id
    where
        {{ condition }}
        and build_window.is_rebuild
    {%- endfor %}
    {%- endif %}
    {%- if is_incremental() %}
    union all
    {{ tombstones('touched_customers', customer) }}
    {%- endif %}

),

final as (

    select
        {{ customer | join(',\n        ') }},
        min(first_date) as first_date,
        max(last_date) as last_date
    from seen
    group by {{ customer | join(', ') }}

)

select * from final
