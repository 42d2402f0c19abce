{{ config(schema='staging', materialized='view') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set rule = var('dormancy') -%}

-- How long a customer usually stays away, as known at each cutoff, and whether this time is out of the usual.

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
        features.cutoff,
        features.month_number,
        features.is_current,
        features.recency_days,
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
        cutoff,
        month_number,
        is_current,
        recency_days,
        usual_gap_days,
        case
            when usual_gap_days is not null then greatest({{ rule.gaps }} * usual_gap_days, {{ rule.least_days }})
        end as dormant_after_days,
        coalesce(recency_days > greatest({{ rule.gaps }} * usual_gap_days, {{ rule.least_days }}), false)
        and usual_gap_days is not null as is_dormant
    from usual

)

select * from final
