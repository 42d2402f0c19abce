{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set rule = var('dormancy') -%}
{% set weights = rule.reactivation_weights -%}

with spells as (

    select * from {{ ref('dormant_spells') }}
    where is_active

),

features as (

    select * from {{ ref('customer_features') }}
    where is_current

),

valued as (

    select
        spells.{{ customer | join(',\n        spells.') }},
        sum(days.revenue) as revenue,
        sum(days.gross_margin) as gross_margin
    from spells
    inner join {{ ref('as_of_dates') }} as as_of
        on spells.organization_id = as_of.organization_id
    inner join {{ ref('fct_customer_day') }} as days
        on
            {{ same_key('spells', 'days', customer) }}
            and {{ plus_days('spells.last_transaction_date', -365) }} < days.transaction_date
            and as_of.as_of_date >= days.transaction_date
    group by spells.{{ customer | join(', spells.') }}

),

measured as (

    select
        spells.{{ customer | join(',\n        spells.') }},
        features.cutoff as as_of_date,
        organizations.currency,
        spells.last_transaction_date,
        spells.usual_gap_days,
        spells.dormant_after_days,
        spells.dormant_since,
        spells.days_dormant,
        features.recency_days as days_since_transaction,
        features.active_days,
        greatest(valued.revenue, 0) as value_at_risk,
        greatest(valued.gross_margin, 0) as margin_at_risk,
        features.complaints_365d > 0
        or coalesce(features.csat_mean_365d < {{ rule.unhappy_csat }}, false)
        or coalesce(features.nps_last <= 6, false) as is_dissatisfied
    from spells
    inner join features
        on {{ same_key('spells', 'features', customer) }}
    inner join valued
        on {{ same_key('spells', 'valued', customer) }}
    inner join {{ ref('dim_organization') }} as organizations
        on spells.organization_id = organizations.organization_id

),

compared as (

    select
        *,
        {{ ratio(
            'sum(value_at_risk) over (partition by organization_id)',
            'count(*) over (partition by organization_id)'
        ) }} as average_value_at_risk
    from measured

),

final as (

    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        currency,
        last_transaction_date,
        days_since_transaction,
        usual_gap_days,
        dormant_since,
        days_dormant,
        cast(value_at_risk as numeric(18, 2)) as value_at_risk,
        cast(margin_at_risk as numeric(18, 2)) as margin_at_risk,
        (
            {{ weights.recency }} * 100 * ({{ ratio('dormant_after_days', 'days_since_transaction') }})
            + {{ weights.habit }} * {{ saturating_score('active_days', rule.habit_half) }}
            + {{ weights.value }}
            * coalesce({{ saturating_score('value_at_risk', 'average_value_at_risk') }}, 0)
        ) / {{ weights.values() | sum }} as reactivation_score,
        is_dissatisfied,
        case
            when is_dissatisfied then 'service_recovery'
            when value_at_risk > 0 and value_at_risk >= {{ rule.call_value }} * average_value_at_risk
                then 'personal_call'
            when days_since_transaction <= {{ rule.reminder_gaps }} * dormant_after_days then 'reminder'
            when days_since_transaction <= {{ rule.offer_days }} then 'win_back_offer'
            else 'newsletter'
        end as recommended_campaign
    from compared

)

select * from final
