{{ config(schema='staging', materialized='table') }}

{% set rule = var('customer_segments') -%}
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- The one segment of each customer as of the as-of date: by employer, why a member came, how much an account buys.

with features as (

    select * from {{ ref('customer_features') }}
    where is_current

),

tiers as (

    select * from {{ ref('customer_tiers') }}
    where is_current

),

-- whom the club itself knows the employer of, and who works for a large one as third parties say
employed as (

    select
        organization_id,
        member_id as customer_id
    from {{ ref('int_member_employers') }}
    where source <> 'enrichment'

    union

    select
        organization_id,
        member_id as customer_id
    from {{ ref('stg_enrichment_person') }}
    where
        company_name is not null
        and company_size in (
            {% for size in rule.corporate_sizes -%}
            '{{ size }}'{{ ',' if not loop.last }}
            {% endfor %}
        )

),

answers as (

    select
        responses.organization_id,
        responses.customer_id,
        {{ fold('responses.response') }} as motivation,
        row_number() over (
            partition by responses.organization_id, responses.customer_id
            order by responses.responded_at desc, {{ binary('responses.response_id') }} desc
        ) as answer_rank
    from {{ ref('fct_survey_responses') }} as responses
    inner join {{ ref('as_of_dates') }} as as_of
        on
            responses.organization_id = as_of.organization_id
            and responses.responded_date <= as_of.as_of_date
    where
        {{ fold('responses.question') }} = '{{ rule.motivation_question }}'
        and responses.response is not null

),

known as (

    select
        features.{{ customer | join(',\n        features.') }},
        features.cutoff as as_of_date,
        features.transactions_90d,
        coalesce(features.revenue_trend_90d, 0) as revenue_trend_90d,
        tiers.transactions_365d,
        tiers.volume_tier,
        employed.customer_id is not null as has_employer,
        answers.motivation
    from features
    inner join tiers
        on {{ same_key('features', 'tiers', customer) }}
    left join employed
        on
            features.organization_id = employed.organization_id
            and features.customer_id = employed.customer_id
            and features.customer_type = 'member'
    left join answers
        on
            features.organization_id = answers.organization_id
            and features.customer_id = answers.customer_id
            and features.customer_type = 'member'
            and answers.answer_rank = 1

),

final as (

    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        case
            when transactions_365d = 0 then 'inactive'
            when customer_type = 'account' and volume_tier = 'high' then 'key_account'
            when customer_type = 'account' and revenue_trend_90d >= {{ rule.growing_times }} then 'growing_account'
            when customer_type = 'account' and volume_tier = 'medium' then 'core_account'
            when customer_type = 'account' then 'small_account'
            when has_employer and transactions_90d >= {{ rule.power_transactions_90d }} then 'corporate_power_user'
            when has_employer then 'corporate_member'
            {% for motivation, segment_id in rule.motivations.items() -%}
            when motivation = '{{ motivation }}' then '{{ segment_id }}'
            {% endfor -%}
            when transactions_90d >= {{ rule.power_transactions_90d }} then 'frequent_player'
            else 'casual_player'
        end as segment_id
    from known

)

select * from final
