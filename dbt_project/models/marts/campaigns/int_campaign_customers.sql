{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Customers that leads became, each once: by the lead that converted first. What they bought counts from that day on.

with leads as (

    select
        *,
        row_number() over (
            partition by {{ customer | join(', ') }}
            order by converted_date, {{ binary('lead_id') }}
        ) as lead_rank
    from {{ ref('int_campaign_leads') }}
    where
        converted_date is not null
        and customer_id is not null

),

days as (

    select days.*
    from {{ ref('fct_customer_day') }} as days
    inner join {{ ref('as_of_dates') }} as as_of
        on
            days.organization_id = as_of.organization_id
            and days.transaction_date <= as_of.as_of_date

),

customers as (

    select * from {{ ref('customer_metrics') }}

),

sums as (

    select
        leads.{{ customer | join(',\n        leads.') }},
        sum(days.revenue) as revenue,
        sum(days.gross_margin) as gross_margin
    from leads
    inner join days
        on
            {{ same_key('leads', 'days', customer) }}
            and leads.converted_date <= days.transaction_date
    where leads.lead_rank = 1
    group by leads.{{ customer | join(', leads.') }}

),

final as (

    select
        leads.{{ customer | join(',\n        leads.') }},
        leads.lead_id,
        leads.campaign_id,
        leads.converted_date,
        coalesce(customers.first_order_date >= leads.lead_date, true) as is_new,
        cast(coalesce(sums.revenue, 0) as numeric(18, 2)) as revenue,
        cast(coalesce(sums.gross_margin, 0) as numeric(18, 2)) as gross_margin
    from leads
    left join customers
        on {{ same_key('leads', 'customers', customer) }}
    left join sums
        on {{ same_key('leads', 'sums', customer) }}
    where leads.lead_rank = 1

)

select * from final
