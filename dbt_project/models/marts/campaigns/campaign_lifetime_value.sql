{{ config(indexes=btree([['organization_id', 'campaign_id']])) }}

{% set campaign = ['organization_id', 'campaign_id'] -%}
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

with campaigns as (

    select * from {{ ref('campaign_roi') }}

),

customers as (

    select * from {{ ref('int_campaign_customers') }}

),

predictions as (

    select * from {{ ref('clv_predictions') }}
    where is_current and is_champion

),

of_customers as (

    select
        customers.{{ campaign | join(',\n        customers.') }},
        count(whole_life.customer_id) as scored_customers,
        max(whole_life.value_kind) as value_kind,
        max(whole_life.scored_as_of) as scored_as_of,
        sum(
            case whole_life.value_kind when 'gross_margin' then customers.gross_margin else customers.revenue end
        ) as value_so_far,
        sum(next_year.expected_value) as expected_value_12_months,
        sum(whole_life.expected_value) as expected_lifetime_value
    from customers
    inner join predictions as whole_life
        on
            {{ same_key('customers', 'whole_life', customer) }}
            and whole_life.horizon = 'lifetime'
    left join predictions as next_year
        on
            {{ same_key('customers', 'next_year', customer) }}
            and next_year.horizon = '12_months'
    group by customers.{{ campaign | join(', customers.') }}

),

final as (

    select
        campaigns.{{ campaign | join(',\n        campaigns.') }},
        campaigns.campaign_name,
        campaigns.as_of_date,
        of_customers.scored_as_of,
        campaigns.currency,
        campaigns.spend,
        campaigns.customers,
        coalesce(of_customers.scored_customers, 0) as scored_customers,
        of_customers.value_kind,
        cast(of_customers.value_so_far as numeric(18, 2)) as value_so_far,
        cast(of_customers.expected_value_12_months as numeric(18, 2)) as expected_value_12_months,
        cast(of_customers.expected_lifetime_value as numeric(18, 2)) as expected_lifetime_value,
        cast(of_customers.value_so_far + of_customers.expected_lifetime_value as numeric(18, 2)) as lifetime_value,
        {{ ratio('campaigns.spend', 'campaigns.customers') }} as cost_per_customer,
        {{ ratio(
            'of_customers.value_so_far + of_customers.expected_lifetime_value', 'of_customers.scored_customers'
        ) }} as lifetime_value_per_customer,
        {{ return_on('of_customers.value_so_far + of_customers.expected_lifetime_value', 'campaigns.spend') }}
            as lifetime_roi
    from campaigns
    left join of_customers
        on {{ same_key('campaigns', 'of_customers', campaign) }}

)

select * from final
