{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'transaction_date']]),
        meta={'stands': 'gap_days', 'upstream': ['fct_customer_day']}
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Every active day after a customer's first. The first itself, or an empty day of a customer whose days were all
-- withdrawn, comes along as a tombstone.

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
changed_customers as (

    {{ changed_customers(reads_lines=false) }}

),

active_days as (

    select
        changed_customers.{{ customer | join(',\n        changed_customers.') }},
        days.transaction_date
    from changed_customers
    inner join build_window
        on changed_customers.organization_id = build_window.organization_id
    left join {{ ref('fct_customer_day') }} as days
        on
            {{ same_key('changed_customers', 'days', customer) }}
            and days.transaction_date <= build_window.as_of_date
            and days.order_count > 0
    where changed_customers.customer_type <> 'unknown'

),

{% else -%}
active_days as (

    select
        days.{{ customer | join(',\n        days.') }},
        days.transaction_date
    from {{ ref('fct_customer_day') }} as days
    inner join build_window
        on
            days.organization_id = build_window.organization_id
            and days.transaction_date <= build_window.as_of_date
    where
        days.customer_type <> 'unknown'
        and days.order_count > 0

),

{% endif -%}
paired as (

    select
        *,
        lag(transaction_date) over (
            partition by {{ customer | join(', ') }}
            order by transaction_date
        ) as previous_date
    from active_days

),

final as (

    select
        {{ customer | join(',\n        ') }},
        transaction_date,
        previous_date,
        cast(transaction_date - previous_date as integer) as gap_days
    from paired
    {%- if not is_incremental() %}
    where previous_date is not null
    {%- endif %}

)

select * from final
