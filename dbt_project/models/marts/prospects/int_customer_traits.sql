{{ config(schema='staging', materialized='view') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set bands = var('icp_bands') -%}
{% set traits = {
    'industry': ['industry', 'naics_sector'],
    'geo': ['country', 'state', 'city', 'zip_code'],
    'size': ['employee_count', 'annual_revenue'],
    'behavior': [
        'age_years', 'membership_type', 'order_frequency', 'product_categories_count', 'preferred_weekday',
        'preferred_hour_band', 'return_rate_percent'
    ],
    'financial': ['avg_order_value', 'gross_margin_percent']
} -%}

-- Each customer's traits one below the other; what is not known of a customer has no row.

with metrics as (

    select * from {{ ref('customer_metrics') }}

),

attributes as (

    select * from {{ ref('dim_customer') }}
    where is_current

),

-- where all purchases lie in one band of hours, the exports tell days alone
habits as (

    select
        features.{{ customer | join(',\n        features.') }},
        features.preferred_weekday,
        case
            when
                greatest(
                    sum(features.morning_count) over of_organization,
                    sum(features.evening_count) over of_organization,
                    sum(features.transaction_count - features.morning_count - features.evening_count)
                        over of_organization
                ) < sum(features.transaction_count) over of_organization
                then features.preferred_hour_band
        end as preferred_hour_band
    from {{ ref('customer_features') }} as features
    where features.is_current
    window of_organization as (partition by features.organization_id)

),

choices as (

    select * from {{ ref('int_customer_choices') }}

),

countries as (

    select
        *,
        row_number() over (
            partition by {{ customer | join(', ') }}
            order by purchase_count desc, {{ binary('choice_value') }}
        ) as country_rank
    from choices
    where choice = 'country'

),

customers as (

    select
        metrics.{{ customer | join(',\n        metrics.') }},
        metrics.as_of_date,
        metrics.is_top_20,
        attributes.industry,
        -- sectors that NAICS gives several two-digit codes
        case
            when attributes.naics like '31%' or attributes.naics like '32%' or attributes.naics like '33%' then '31-33'
            when attributes.naics like '44%' or attributes.naics like '45%' then '44-45'
            when attributes.naics like '48%' or attributes.naics like '49%' then '48-49'
            else nullif(left(attributes.naics, 2), '')
        end as naics_sector,
        coalesce(attributes.country, countries.choice_value) as country,
        attributes.state,
        attributes.city,
        attributes.zip_code,
        {{ band('attributes.employee_count', bands['employee_count']) }} as employee_count,
        {{ band('attributes.annual_revenue', bands['annual_revenue']) }} as annual_revenue,
        {{ band('extract(year from metrics.as_of_date) - attributes.birth_year', bands['age_years']) }} as age_years,
        attributes.membership_type,
        case
            when metrics.days_as_customer > 0
                then {{ band('metrics.order_frequency', bands['order_frequency']) }}
        end as order_frequency,
        case
            when metrics.product_categories_count > 0
                then {{ band('metrics.product_categories_count', bands['product_categories_count']) }}
        end as product_categories_count,
        case habits.preferred_weekday
            {% for weekday in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] -%}
            when {{ loop.index }} then '{{ weekday }}'
            {% endfor -%}
        end as preferred_weekday,
        habits.preferred_hour_band,
        case
            when metrics.order_count + metrics.cancelled_count > 0
                then {{ band('100 * metrics.return_rate', bands['return_rate_percent']) }}
        end as return_rate_percent,
        case
            when metrics.order_count > 0
                then {{ band('metrics.avg_order_value', bands['avg_order_value']) }}
        end as avg_order_value,
        case
            when metrics.total_revenue > 0 and not metrics.is_margin_assumed
                then {{ band('metrics.gross_margin_percent', bands['gross_margin_percent']) }}
        end as gross_margin_percent
    from metrics
    inner join attributes
        on {{ same_key('metrics', 'attributes', customer) }}
    left join habits
        on {{ same_key('metrics', 'habits', customer) }}
    left join countries
        on
            {{ same_key('metrics', 'countries', customer) }}
            and countries.country_rank = 1

),

final as (

    {% for category, names in traits.items() -%}
    {% for name in names -%}
    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_top_20,
        '{{ category }}' as trait_category,
        '{{ name }}' as trait_name,
        {{ name }} as trait_value,
        1 as value_number
    from customers
    where {{ name }} is not null

    union all

    {% endfor -%}
    {% endfor -%}
    select
        customers.{{ customer | join(',\n        customers.') }},
        customers.as_of_date,
        customers.is_top_20,
        'behavior' as trait_category,
        'category_bought' as trait_name,
        choices.choice_value as trait_value,
        row_number() over (
            partition by choices.{{ customer | join(', choices.') }}
            order by {{ binary('choices.choice_value') }}
        ) as value_number
    from customers
    inner join choices
        on {{ same_key('customers', 'choices', customer) }}
    where choices.choice = 'category'

)

select * from final
