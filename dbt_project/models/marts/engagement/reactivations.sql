-- depends_on: {{ ref('customer_features') }}, {{ ref('int_repeat_purchases') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'returned_date']]),
        meta={'stands': 'returned_date', 'upstream': ['dormant_spells', 'fct_customer_day']}
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
-- those of changed spells or days, those whose ninety days are over by now, and whoever a campaign could have touched
changed_customers as (

    {{ customers_of_changed_spells() }}

    union

    select
        standing.{{ customer | join(',\n        standing.') }}
    from {{ this }} as standing
    inner join build_window
        on standing.organization_id = build_window.organization_id
    where
        standing.was_touched_by_campaign
        or standing.is_90d_complete <> ({{ plus_days('standing.returned_date', 90) }} <= build_window.as_of_date)

    union

    select {{ customer | join(', ') }}
    from {{ ref('dim_lead') }}
    where customer_id is not null

),

{% endif -%}
spells as (

    select spells.*
    from {{ ref('dormant_spells') }} as spells
    {%- if is_incremental() %}
    inner join changed_customers
        on {{ same_key('spells', 'changed_customers', customer) }}
    {%- endif %}
    where not spells.is_active

),

touches as (

    select
        leads.{{ customer | join(',\n        leads.') }},
        events.event_id,
        events.event_at,
        events.event_date,
        events.campaign_id
    from {{ ref('fct_outreach_events') }} as events
    inner join {{ ref('dim_lead') }} as leads
        on
            events.organization_id = leads.organization_id
            and events.lead_id = leads.lead_id
    where
        leads.customer_id is not null
        and events.event_type not in ('bounced', 'converted')

),

touched as (

    select
        spells.{{ customer | join(',\n        spells.') }},
        spells.returned_date,
        touches.campaign_id,
        count(*) over (partition by spells.{{ customer | join(', spells.') }}, spells.returned_date) as touch_count,
        row_number() over (
            partition by spells.{{ customer | join(', spells.') }}, spells.returned_date
            order by touches.event_at desc, {{ binary('touches.event_id') }} desc
        ) as touch_rank
    from spells
    inner join touches
        on
            {{ same_key('spells', 'touches', customer) }}
            and spells.dormant_since <= touches.event_date
            and spells.returned_date >= touches.event_date

),

earned as (

    select
        spells.{{ customer | join(',\n        spells.') }},
        spells.returned_date,
        sum(case when days.transaction_date = spells.returned_date then days.revenue else 0 end) as return_revenue,
        sum(case when days.transaction_date > spells.returned_date then days.revenue else 0 end) as revenue_90d_after
    from spells
    inner join build_window
        on spells.organization_id = build_window.organization_id
    inner join {{ ref('fct_customer_day') }} as days
        on
            {{ same_key('spells', 'days', customer) }}
            and spells.returned_date <= days.transaction_date
            and {{ plus_days('spells.returned_date', 90) }} >= days.transaction_date
            and build_window.as_of_date >= days.transaction_date
    group by spells.{{ customer | join(', spells.') }}, spells.returned_date

),

final as (

    select
        spells.{{ customer | join(',\n        spells.') }},
        spells.returned_date,
        spells.last_transaction_date,
        spells.dormant_since,
        cast(spells.returned_date - spells.last_transaction_date as integer) as gap_days,
        spells.days_dormant as days_to_return,
        coalesce(touched.touch_count, 0) > 0 as was_touched_by_campaign,
        coalesce(touched.touch_count, 0) as touch_count,
        touched.campaign_id as last_campaign_id,
        organizations.currency,
        cast(earned.return_revenue as numeric(18, 2)) as return_revenue,
        cast(earned.revenue_90d_after as numeric(18, 2)) as revenue_90d_after,
        {{ plus_days('spells.returned_date', 90) }} <= organizations.as_of_date as is_90d_complete
    from spells
    inner join {{ ref('dim_organization') }} as organizations
        on spells.organization_id = organizations.organization_id
    inner join earned
        on
            {{ same_key('spells', 'earned', customer) }}
            and spells.returned_date = earned.returned_date
    left join touched
        on
            {{ same_key('spells', 'touched', customer) }}
            and spells.returned_date = touched.returned_date
            and touched.touch_rank = 1

)

{% if is_incremental() -%}
-- a customer without such spells comes along as a tombstone
select *
from changed_customers
left join final using ({{ customer | join(', ') }})
{%- else -%}
select * from final
{%- endif %}
