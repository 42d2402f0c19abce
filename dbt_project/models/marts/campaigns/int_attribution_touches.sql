{{ config(schema='staging', materialized='table') }}

{% set rule = var('attribution') -%}

-- What reached each lead until the as-of date. Where an organization delivers no sales of its own, what its outreach
-- tool reports as conversions is kept too: such an event is the touch of the channel by which the lead converted.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

selling as (

    select distinct loads.organization_id
    from {{ source('ops', 'file_loads') }} as loads
    inner join as_of
        on
            loads.organization_id = as_of.organization_id
            and loads.export_date <= as_of.as_of_date
            and loads.load_id <= as_of.through_load_id
    where
        loads.status = 'loaded'
        and (
            loads.export in ('deals', 'orders', 'order_lines', 'bookings')
            or (loads.export = 'shipments' and as_of.shipments_are_transactions)
        )

),

events as (

    select
        events.organization_id,
        events.lead_id,
        {{ touchpoint('events') }} as touched_channel,
        case
            when events.message_id is not null and events.event_type <> 'converted'
                then 'message ' || events.message_id
            else 'event ' || events.event_id
        end as touch_id,
        events.event_at,
        events.event_type = 'bounced' as is_bounced,
        events.event_type = 'converted' as is_conversion
    from {{ ref('fct_outreach_events') }} as events
    inner join as_of
        on
            events.organization_id = as_of.organization_id
            and events.event_date <= as_of.as_of_date
    left join selling
        on events.organization_id = selling.organization_id
    where
        events.event_type in (
            {{ "'" ~ rule.touch_types | join("',\n            '") ~ "'" }},
            'bounced'
        )
        {%- if rule.platform_conversions %}
        or (events.event_type = 'converted' and selling.organization_id is null)
        {%- endif %}

),

-- What becomes of a message is one touch, on the first of its events; one that bounced reached nobody.
final as (

    select
        organization_id,
        lead_id,
        touched_channel as channel,
        touch_id,
        min(event_at) as touched_at,
        max(case when is_conversion then 1 else 0 end) = 1 as is_conversion
    from events
    group by organization_id, lead_id, touched_channel, touch_id
    having max(case when is_bounced then 1 else 0 end) = 0

)

select * from final
