{{ config(materialized='view') }}

-- A view, for the organization's elasticity of a month, and with it every customer's, moves with each line of it.

with months as (

    select * from {{ ref('int_customer_value_monthly') }}

),

organizations as (

    select * from {{ ref('int_organization_prices') }}

),

-- the share of an estimate that the customer's own data are too thin for: all of it where there are none
weights as (

    select
        months.*,
        organizations.elasticity,
        organizations.variance_between_customers,
        organizations.elasticity_variance,
        coalesce({{ ratio(
            'organizations.residual_variance',
            'organizations.residual_variance + organizations.variance_between_customers * months.sxx_so_far'
        ) }}, 1) as prior_weight
    from months
    left join organizations
        on
            months.organization_id = organizations.organization_id
            and months.month_start = organizations.month_start
            and months.line_count_so_far > 0

),

final as (

    select
        organization_id,
        customer_type,
        customer_id,
        month_start,
        revenue,
        gross_margin,
        order_count,
        {% for measure in ['revenue', 'gross_margin', 'order_count'] -%}
        {% for change in ['mom', 'qoq', 'yoy'] -%}
        {{ measure }}_{{ change }}_percent,
        {% endfor -%}
        {% endfor -%}
        revenue_trend_per_month,
        elasticity * prior_weight
        + coalesce({{ ratio('sxy_so_far', 'sxx_so_far') }}, elasticity) * (1 - prior_weight) as price_sensitivity,
        sqrt(prior_weight * variance_between_customers + prior_weight * prior_weight * elasticity_variance)
            as price_sensitivity_standard_error
    from weights

)

select * from final
