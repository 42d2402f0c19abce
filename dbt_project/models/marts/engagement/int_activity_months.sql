-- depends_on: {{ ref('fct_customer_day') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id', 'month_number'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_number']]),
        meta={
            'stands': 'transactions',
            'upstream': ['int_customer_value_monthly', 'fct_visits', 'fct_shipments', 'fct_interactions'],
            'touches': {
                'touched_activity': {
                    'customer_type': 'customer_type',
                    'customer_id': 'customer_id',
                    'month_number': 'month_number'
                }
            }
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set month = customer + ['month_number'] -%}
{% set kinds = ['transactions', 'visits', 'shipments', 'interactions'] -%}
{% set facts = [
    ('visits', ref('fct_visits'), 'visited_date', 'sum(fact.visits)'),
    ('shipments', ref('fct_shipments'), 'shipped_date', 'count(case when not fact.is_cancelled then 1 end)'),
    ('interactions', ref('fct_interactions'), 'interaction_date', 'count(*)'),
] -%}

-- What each customer did in each month. Of changed customers all months are counted again, and those written that
-- differ.

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
{%- set bounds = build_bounds() -%}
changed_customers as (

    {{ changed_customers(reads_lines=false) }}

    union

    {{ touched('touched_customers', ['customer_type', 'customer_id']) }}
    {%- for _, fact, day, _ in facts %}

    union

    -- what was delivered ahead of its day, or all of an organization that is rebuilt
    select
        fact.{{ customer | join(',\n        fact.') }}
    from {{ fact }} as fact
    inner join build_window
        on
            fact.organization_id = build_window.organization_id
            and fact.{{ day }} > build_window.from_date
            and fact.{{ day }} <= build_window.as_of_date
    {%- if bounds['from_date'] and not bounds['rebuilds'] %}
    where fact.{{ day }} > date '{{ bounds["from_date"] }}'
    {%- endif %}
    {%- endfor %}

),

{% endif -%}
transactions as (

    select
        months.{{ customer | join(',\n        months.') }},
        {{ month_index('months.month_start') }} as month_number,
        months.order_count as amount
    from {{ ref('int_customer_value_monthly') }} as months
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('months', 'changed_customers', customer) }}
    {%- endif %}

),

{% for kind, fact, day, amount in facts -%}
{{ kind }} as (

    select
        fact.{{ customer | join(',\n        fact.') }},
        {{ month_index('fact.' ~ day) }} as month_number,
        {{ amount }} as amount
    from {{ fact }} as fact
    inner join build_window
        on
            fact.organization_id = build_window.organization_id
            and fact.{{ day }} <= build_window.as_of_date
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('fact', 'changed_customers', customer) }}
    {%- endif %}
    where fact.customer_type <> 'unknown'
    group by fact.{{ customer | join(', fact.') }}, {{ month_index('fact.' ~ day) }}

),

{% endfor -%}
counted as (

    {% for kind in kinds -%}
    {{ 'union all\n\n    ' if not loop.first }}select
        {{ customer | join(',\n        ') }},
        {% for each in kinds -%}
        {{ 'amount' if each == kind else '0' }} as {{ each }},
        {% endfor -%}
        month_number
    from {{ kind }}

    {% endfor -%}
),

counts as (

    select
        {{ customer | join(',\n        ') }},
        {% for kind in kinds -%}
        cast(sum({{ kind }}) as bigint) as {{ kind }},
        {% endfor -%}
        month_number
    from counted
    group by {{ month | join(', ') }}

),

-- Each month of the last 24 is a bit, at a place of its own in a ring: turned by the month's own place, the bit i is
-- that of i months before.
ringed as (

    select
        *,
        (24 - month_number % 24) % 24 as own_place,
        cast(bit_or(case when transactions > 0 then 1 << ((24 - month_number % 24) % 24) else 0 end) over (
            partition by {{ customer | join(', ') }}
            order by month_number
            range between 23 preceding and current row
        ) as bigint) as ring
    from counts

),

months as (

    select
        {{ month | join(',\n        ') }},
        {{ kinds | join(',\n        ') }},
        cast(((ring >> own_place) | (ring << (24 - own_place))) & 16777215 as bigint) as months_bought
    from ringed

),

final as (

    {%- if is_incremental() %}

    select
        {{ month | join(',\n        ') }},
        {% for kind in kinds -%}
        months.{{ kind }},
        {% endfor -%}
        months.months_bought
    from months
    full outer join (

        select standing.*
        from {{ this }} as standing
        inner join changed_customers
            on {{ same_key('standing', 'changed_customers', customer) }}

    ) as standing using ({{ month | join(', ') }})
    inner join build_window using (organization_id)
    where
        build_window.is_rebuild
        {%- for column in kinds + ['months_bought'] %}
        or months.{{ column }} is distinct from standing.{{ column }}
        {%- endfor %}
    {%- else %}

    select * from months
    {%- endif %}

)

select * from final
