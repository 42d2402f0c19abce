{{ config(indexes=btree([['organization_id', 'customer_type', 'customer_id', 'last_transaction_date']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- A gap of more than 30 days spans the end of a month: what was usual then is what was usual before the customer came
-- back, for nothing happened in between.

with rhythms as (

    select * from {{ ref('int_customer_rhythms') }}

),

returns as (

    select
        *,
        {{ month_index('transaction_date') }} - 1 as month_before
    from {{ ref('int_repeat_purchases') }}
    where gap_days > {{ var('dormancy').least_days }}

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
            and returns.month_before = rhythms.month_number
    where returns.gap_days > rhythms.dormant_after_days

    union all

    select
        {{ customer | join(',\n        ') }},
        {{ plus_days('cutoff', '-recency_days') }} as last_transaction_date,
        cast(null as date) as returned_date,
        usual_gap_days,
        dormant_after_days
    from rhythms
    where
        is_current
        and is_dormant

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
        cast(coalesce(dated.returned_date, as_of.as_of_date) - dated.dormant_since as integer) as days_dormant
    from dated
    inner join {{ ref('as_of_dates') }} as as_of
        on dated.organization_id = as_of.organization_id

)

select * from final
