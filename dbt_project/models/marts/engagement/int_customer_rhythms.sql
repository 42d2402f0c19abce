{{ config(schema='staging', materialized='view') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set known = [
    'cutoff', 'month_number', 'is_current', 'known_since', 'tenure_days', 'recency_days', 'transaction_count',
    'active_days', 'transactions_90d', 'transactions_180d', 'gap_mean_days', 'gap_median_days', 'total_gross_margin',
    'revenue_365d', 'visits_30d', 'interactions_90d', 'preferred_weekday', 'preferred_hour_band'
] -%}
{% set rule = var('dormancy') -%}

-- How long a customer usually stays away, as known at each cutoff, and whether this time is out of the usual. What else
-- was known then and marts of habits need comes along, so that they read the features once.

with features as (

    select
        *,
        {{ month_index('cutoff') }} as month_number
    from {{ ref('customer_features') }}

),

organization_gaps as (

    select * from {{ ref('int_organization_gaps') }}

),

usual as (

    select
        features.{{ customer | join(',\n        features.') }},
        features.{{ known | join(',\n        features.') }},
        case
            when features.transaction_count >= {{ rule.own_gap_transactions }}
                then coalesce(features.gap_median_days, organization_gaps.gap_median_days)
            else organization_gaps.gap_median_days
        end as usual_gap_days
    from features
    left join organization_gaps
        on
            features.organization_id = organization_gaps.organization_id
            and features.month_number = organization_gaps.month_number

),

final as (

    select
        {{ customer | join(',\n        ') }},
        {{ known | join(',\n        ') }},
        usual_gap_days,
        case
            when usual_gap_days is not null then greatest({{ rule.gaps }} * usual_gap_days, {{ rule.least_days }})
        end as dormant_after_days,
        coalesce(recency_days > greatest({{ rule.gaps }} * usual_gap_days, {{ rule.least_days }}), false)
        and usual_gap_days is not null as is_dormant
    from usual

)

select * from final
