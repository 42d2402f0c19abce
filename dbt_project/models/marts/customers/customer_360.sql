{{ config(indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set parts = {
    'attributes': ref('dim_customer'),
    'tiers': ref('customer_tiers'),
    'segments': ref('customer_segments'),
    'activity': ref('customer_activity'),
    'contacts': ref('customer_interactions'),
    'satisfaction': ref('customer_satisfaction'),
    'churn': ref('churn_scores'),
} -%}

with metrics as (

    select * from {{ ref('customer_metrics') }}

),

{% for part, relation in parts.items() -%}
{{ part }} as (

    select * from {{ relation }}
    {%- if part not in ('contacts', 'segments') %}
    where is_current
    {%- endif %}

),

{% endfor -%}
lifetime as (

    select * from {{ ref('clv_predictions') }}
    where is_current and is_champion

),

final as (

    select
        metrics.{{ customer | join(',\n        metrics.') }},
        metrics.customer_name,
        metrics.as_of_date,
        metrics.currency,
        attributes.email,
        attributes.phone,
        attributes.domain,
        attributes.industry,
        attributes.naics,
        attributes.city,
        attributes.state,
        attributes.country,
        attributes.zip_code,
        attributes.employee_count,
        attributes.annual_revenue,
        attributes.birth_year,
        attributes.membership_type,
        attributes.membership_status,
        attributes.customer_since,
        attributes.is_listed,
        attributes.employer,
        attributes.title,
        attributes.company_size,
        attributes.home_tract_id,
        attributes.tract_median_household_income,
        metrics.total_revenue,
        metrics.total_gross_margin,
        metrics.gross_margin_percent,
        metrics.order_count,
        metrics.avg_order_value,
        metrics.first_order_date,
        metrics.last_order_date,
        metrics.recency_days,
        metrics.order_frequency,
        metrics.active_months,
        metrics.consistency_score,
        metrics.return_rate,
        metrics.margin_rank,
        metrics.is_top_20,
        tiers.transactions_365d,
        tiers.revenue_365d,
        tiers.gross_margin_365d,
        tiers.recency_score,
        tiers.frequency_score,
        tiers.monetary_score,
        tiers.rfm_class,
        tiers.volume_tier,
        tiers.profitability_tier,
        segments.segment_id,
        segments.segment_since,
        segments.persona,
        activity.engagement_score,
        activity.activity_pattern,
        activity.is_dormant,
        contacts.total_interactions,
        contacts.last_interaction_date,
        satisfaction.composite_score as satisfaction_score,
        satisfaction.coverage as satisfaction_coverage,
        churn.churn_probability,
        churn.risk_band,
        churn.retention_score,
        churn.factor_1,
        churn.factor_2,
        churn.factor_3,
        churn.expected_loss,
        churn.recommended_action,
        next_year.expected_value as expected_value_12_months,
        next_year.interval_low,
        next_year.interval_high,
        next_year.expected_transactions as expected_transactions_12_months,
        whole_life.expected_value as lifetime_value,
        next_year.probability_alive,
        churn.scored_as_of
    from metrics
    {% for part in parts -%}
    left join {{ part }}
        on {{ same_key('metrics', part, customer) }}
    {% endfor -%}
    left join lifetime as next_year
        on
            {{ same_key('metrics', 'next_year', customer) }}
            and next_year.horizon = '12_months'
    left join lifetime as whole_life
        on
            {{ same_key('metrics', 'whole_life', customer) }}
            and whole_life.horizon = 'lifetime'

)

select * from final
