{{ config(schema='staging', materialized='view') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Customers that are companies, as look-alikes are told by them.

with metrics as (

    select * from {{ ref('customer_metrics') }}
    where customer_type = 'account'

),

attributes as (

    select * from {{ ref('dim_customer') }}
    where is_current

),

dormant as (

    select * from {{ ref('dormant_accounts') }}

),

final as (

    select
        metrics.{{ customer | join(',\n        metrics.') }},
        metrics.customer_name,
        attributes.email,
        attributes.domain,
        attributes.industry,
        attributes.naics,
        attributes.city,
        attributes.state,
        attributes.country,
        attributes.employee_count,
        attributes.annual_revenue,
        metrics.is_top_20,
        dormant.customer_id is not null as is_lapsed,
        metrics.total_gross_margin,
        metrics.days_as_customer,
        metrics.order_count
    from metrics
    inner join attributes
        on {{ same_key('metrics', 'attributes', customer) }}
    left join dormant
        on {{ same_key('metrics', 'dormant', customer) }}

)

select * from final
