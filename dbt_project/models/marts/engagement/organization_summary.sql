{% set types = ['calls', 'emails', 'meetings', 'support_tickets', 'complaints', 'feedbacks'] -%}
{% set statuses = ['pending', 'in_progress', 'completed', 'cancelled'] -%}
{% set sums = ['total_interactions'] + types + statuses -%}

with organizations as (

    select * from {{ ref('dim_organization') }}

),

customers as (

    select
        metrics.organization_id,
        count(*) as total_customers,
        count(case when metrics.order_count > 0 then 1 end) as buying_customers,
        count(case when metrics.recency_days < {{ var('activity').active_days }} then 1 end) as active_customers,
        sum(metrics.total_revenue) as total_revenue,
        sum(metrics.total_gross_margin) as total_gross_margin,
        sum(metrics.order_count) as order_count
    from {{ ref('customer_metrics') }} as metrics
    group by metrics.organization_id

),

interactions as (

    select
        organization_id,
        count(case when total_interactions > 0 then 1 end) as customers_in_touch,
        {% for name in sums -%}
        sum({{ name }}) as {{ name }},
        {% endfor -%}
        max(last_interaction_date) as last_interaction_date
    from {{ ref('customer_interactions') }}
    group by organization_id

),

dormant as (

    select
        organization_id,
        count(*) as dormant_accounts,
        sum(value_at_risk) as value_at_risk
    from {{ ref('dormant_accounts') }}
    group by organization_id

),

final as (

    select
        organizations.organization_id,
        organizations.organization_name,
        organizations.as_of_date,
        organizations.currency,
        coalesce(customers.total_customers, 0) as total_customers,
        coalesce(customers.buying_customers, 0) as buying_customers,
        coalesce(customers.active_customers, 0) as active_customers,
        coalesce(dormant.dormant_accounts, 0) as dormant_accounts,
        cast(coalesce(dormant.value_at_risk, 0) as numeric(18, 2)) as value_at_risk,
        cast(coalesce(customers.total_revenue, 0) as numeric(18, 2)) as total_revenue,
        cast(coalesce(customers.total_gross_margin, 0) as numeric(18, 2)) as total_gross_margin,
        cast(coalesce(customers.order_count, 0) as bigint) as order_count,
        cast({{ divide_money('customers.total_revenue', 'customers.order_count') }} as numeric(18, 2))
            as avg_order_value,
        coalesce(interactions.customers_in_touch, 0) as customers_in_touch,
        interactions.last_interaction_date,
        {% for name in sums -%}
        cast(coalesce(interactions.{{ name }}, 0) as bigint) as {{ name }},
        {% endfor -%}
        {{ ratio('interactions.total_interactions', 'customers.total_customers') }} as avg_interactions_per_customer
    from organizations
    left join customers
        on organizations.organization_id = customers.organization_id
    left join interactions
        on organizations.organization_id = interactions.organization_id
    left join dormant
        on organizations.organization_id = dormant.organization_id

)

select * from final
