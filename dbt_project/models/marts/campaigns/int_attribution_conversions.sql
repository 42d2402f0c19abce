{{ config(schema='staging', materialized='table') }}

{% set rule = var('attribution') -%}
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set journey = ['organization_id', 'lead_id', 'journey_number'] -%}
{% set in_order = 'partition by organization_id, lead_id order by converted_at, conversion_type, '
    ~ binary('conversion_id') -%}

-- What leads came to until the as-of date by the organization's own books: deals won, and purchases of the customers
-- that leads without a won deal became. Touches earn credit for it after touches_after.

with organizations as (

    select * from {{ ref('dim_organization') }}

),

leads as (

    select * from {{ ref('dim_lead') }}

),

touches as (

    select * from {{ ref('int_attribution_touches') }}

),

won_deals as (

    select
        deals.organization_id,
        deals.lead_id,
        deals.deal_id,
        deals.created_date,
        coalesce(deals.closed_at, deals.created_at) as converted_at,
        {{ settled_date('deals') }} as converted_date,
        deals.deal_value
    from {{ ref('fct_deals') }} as deals
    inner join organizations
        on
            deals.organization_id = organizations.organization_id
            and {{ settled_date('deals') }} <= organizations.as_of_date
    where deals.is_won

),

customers as (

    select distinct {{ customer | join(', ') }}
    from leads
    where customer_id is not null

),

purchases as (

    select
        transactions.{{ customer | join(',\n        transactions.') }},
        transactions.transaction_type,
        transactions.transaction_id,
        transactions.transaction_at,
        transactions.transaction_date,
        transactions.revenue,
        row_number() over (
            partition by transactions.{{ customer | join(', transactions.') }}
            order by
                transactions.transaction_at,
                transactions.transaction_type,
                {{ binary('transactions.transaction_id') }}
        ) as purchase_number
    from {{ ref('fct_transactions') }} as transactions
    inner join customers
        on {{ same_key('transactions', 'customers', customer) }}
    inner join organizations
        on
            transactions.organization_id = organizations.organization_id
            and transactions.transaction_date <= organizations.as_of_date
    where
        not transactions.is_cancelled
        and not transactions.is_refund

),

first_touches as (

    select
        organization_id,
        lead_id,
        min(touched_at) as touched_at
    from touches
    group by organization_id, lead_id

),

deal_conversions as (

    select
        won_deals.organization_id,
        won_deals.lead_id,
        'deal' as conversion_type,
        won_deals.deal_id as conversion_id,
        won_deals.converted_at,
        won_deals.converted_date,
        won_deals.deal_value as revenue,
        row_number() over (
            partition by won_deals.organization_id, won_deals.lead_id
            order by won_deals.converted_at, {{ binary('won_deals.deal_id') }}
        ) > 1
        or coalesce(purchases.transaction_date < won_deals.created_date, false) as is_repeat
    from won_deals
    inner join leads
        on
            won_deals.organization_id = leads.organization_id
            and won_deals.lead_id = leads.lead_id
    left join purchases
        on
            {{ same_key('leads', 'purchases', customer) }}
            and purchases.purchase_number = 1

),

purchase_conversions as (

    select
        leads.organization_id,
        leads.lead_id,
        purchases.transaction_type as conversion_type,
        purchases.transaction_id as conversion_id,
        purchases.transaction_at as converted_at,
        purchases.transaction_date as converted_date,
        purchases.revenue,
        purchases.purchase_number > 1 as is_repeat
    from leads
    inner join purchases
        on {{ same_key('leads', 'purchases', customer) }}
    inner join first_touches
        on
            leads.organization_id = first_touches.organization_id
            and leads.lead_id = first_touches.lead_id
            and purchases.transaction_at >= first_touches.touched_at
    where not exists (
        select 1
        from won_deals
        where
            won_deals.organization_id = leads.organization_id
            and won_deals.lead_id = leads.lead_id
    )

),

reported_conversions as (

    select
        touches.organization_id,
        touches.lead_id,
        'event' as conversion_type,
        substr(touches.touch_id, 7) as conversion_id,
        touches.touched_at as converted_at,
        {{ local_date('touches.touched_at', 'organizations.time_zone') }} as converted_date,
        cast(null as numeric(18, 2)) as revenue,
        row_number() over (
            partition by touches.organization_id, touches.lead_id
            order by touches.touched_at, {{ binary('touches.touch_id') }}
        ) > 1 as is_repeat
    from touches
    inner join organizations
        on touches.organization_id = organizations.organization_id
    where touches.is_conversion

),

conversions as (

    select * from deal_conversions
    union all
    select * from purchase_conversions
    union all
    select * from reported_conversions

),

bounded as (

    select
        *,
        {{ dbt.dateadd('hour', -24 * rule.lookback_days, 'converted_at') }} as looked_back_to,
        row_number() over ({{ in_order }}) as journey_number,
        lag(converted_at) over ({{ in_order }}) as previous_conversion_at
    from conversions

),

windows as (

    select
        *,
        {% if rule.touches_count_once -%}
        greatest(looked_back_to, coalesce(previous_conversion_at, looked_back_to)) as touches_after
        {%- else -%}
        looked_back_to as touches_after
        {%- endif %}
    from bounded

),

last_touches as (

    select
        windows.{{ journey | join(',\n        windows.') }},
        max(touches.touched_at) as touched_at
    from windows
    inner join touches
        on
            windows.organization_id = touches.organization_id
            and windows.lead_id = touches.lead_id
            and windows.touches_after < touches.touched_at
            and windows.converted_at >= touches.touched_at
    where windows.conversion_type <> 'deal'
    group by windows.{{ journey | join(', windows.') }}

),

-- A purchase that no touch came before is a habit, and none of outreach. A customer may have been several leads: the
-- purchase ends the journeys of all of them, and counts for the one touched last.
final as (

    select
        windows.{{ journey | join(',\n        windows.') }},
        windows.conversion_type,
        windows.conversion_id,
        windows.converted_at,
        windows.converted_date,
        windows.touches_after,
        case when windows.is_repeat then 'repeat' else 'first' end as purchase_type,
        windows.revenue,
        row_number() over (
            partition by windows.organization_id, windows.conversion_type, windows.conversion_id
            order by last_touches.touched_at desc, {{ binary('windows.lead_id') }}
        ) = 1 as is_counted
    from windows
    left join last_touches
        on {{ same_key('windows', 'last_touches', journey) }}
    where
        windows.conversion_type = 'deal'
        or last_touches.touched_at is not null

)

select * from final
