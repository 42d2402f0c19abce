-- depends_on: {{ ref('customer_features') }}, {{ ref('fct_customer_day') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id', 'last_transaction_date'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'last_transaction_date']]),
        meta={
            'stands': 'dormant_since',
            'upstream': ['customer_features', 'int_repeat_purchases', 'int_organization_gaps']
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set spell = customer + ['last_transaction_date'] -%}

-- A gap of more than 30 days spans the end of a month: what was usual then is what was usual before the customer came
-- back, for nothing happened in between. Spells that go on are written each day.

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
changed_customers as (

    {{ customers_of_changed_spells() }}

),

{% endif -%}
rhythms as (

    select * from {{ ref('int_customer_rhythms') }}

),

returns as (

    select
        purchases.*,
        {{ month_end(month_index('purchases.transaction_date') ~ ' - 1') }} as month_end_before
    from {{ ref('int_repeat_purchases') }} as purchases
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('purchases', 'changed_customers', customer) }}
    {%- endif %}
    where purchases.gap_days > {{ var('dormancy').least_days }}

),

spells as (

    select
        returns.{{ customer | join(',\n        returns.') }},
        returns.previous_date as last_transaction_date,
        returns.transaction_date as returned_date,
        rhythms.usual_gap_days,
        rhythms.dormant_after_days
    from returns
    inner join rhythms
        on
            {{ same_key('returns', 'rhythms', customer) }}
            and returns.month_end_before = rhythms.cutoff
    where returns.gap_days > rhythms.dormant_after_days

    union all

    select
        rhythms.{{ customer | join(',\n        rhythms.') }},
        {{ plus_days('rhythms.cutoff', '-rhythms.recency_days') }} as last_transaction_date,
        cast(null as date) as returned_date,
        rhythms.usual_gap_days,
        rhythms.dormant_after_days
    from rhythms
    inner join build_window
        on
            rhythms.organization_id = build_window.organization_id
            and rhythms.cutoff = build_window.as_of_date
    where rhythms.is_dormant

),

dated as (

    select
        *,
        {{ plus_days('last_transaction_date', 'cast(floor(dormant_after_days) as integer) + 1') }} as dormant_since
    from spells

),

final as (

    select
        dated.{{ customer | join(',\n        dated.') }},
        dated.last_transaction_date,
        dated.dormant_since,
        dated.returned_date,
        dated.returned_date is null as is_active,
        dated.usual_gap_days,
        dated.dormant_after_days,
        cast(coalesce(dated.returned_date, build_window.as_of_date) - dated.dormant_since as integer) as days_dormant
    from dated
    inner join build_window
        on dated.organization_id = build_window.organization_id

)

{% if is_incremental() -%}
-- a spell that is no more comes along as a tombstone
select *
from final
full outer join (
    select standing.{{ spell | join(', standing.') }}
    from {{ this }} as standing
    left join changed_customers
        on {{ same_key('standing', 'changed_customers', customer) }}
    where
        standing.is_active
        or changed_customers.customer_id is not null
) as standing_spells using ({{ spell | join(', ') }})
{%- else -%}
select * from final
{%- endif %}
