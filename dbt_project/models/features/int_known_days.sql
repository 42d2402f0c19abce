{{ config(schema='staging') }}

{% set grain = ['organization_id', 'customer_type', 'customer_id', 'transaction_date', 'known_from', 'known_to'] -%}

-- What each customer's days brought, and from when until when that was known.

with transactions as (

    select
        transactions.*,
        {{ local_hour('transactions.transaction_at', 'organizations.time_zone') }} as local_hour,
        not transactions.is_cancelled and not transactions.is_refund as is_purchase
    from {{ ref('int_known_transactions') }} as transactions
    inner join {{ source('raw', 'organizations') }} as organizations
        on transactions.organization_id = organizations.organization_id
    where transactions.customer_type <> 'unknown'

),

final as (

    select
        {{ grain | join(',\n        ') }},
        count(case when is_purchase then 1 end) as transaction_count,
        count(case when is_cancelled and lower(status) <> 'returned' then 1 end) as cancellation_count,
        count(case when lower(status) = 'returned' or (is_refund and not is_cancelled) then 1 end) as return_count,
        count(case when status = 'no_show' then 1 end) as no_show_count,
        cast(sum(case when is_cancelled then 0 else revenue end) as numeric(18, 2)) as revenue,
        cast(sum(case when is_cancelled then 0 else gross_margin end) as numeric(18, 2)) as gross_margin,
        count(case when is_purchase and local_hour < 12 then 1 end) as morning_count,
        count(case when is_purchase and local_hour >= 17 then 1 end) as evening_count
    from transactions
    group by {{ grain | join(', ') }}

)

select * from final
