-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'lead_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'lead_id', 'campaign_id', 'channel', 'month_number']]),
        meta={'stands': 'events', 'upstream': ['fct_outreach_events']}
    )
}}

{% set grain = ['organization_id', 'lead_id', 'campaign_id', 'channel', 'month_number'] -%}
{% set is_touch = "events.event_type in ('" ~ var('campaigns').touches | join("', '") ~ "')" -%}

-- What outreach did to each lead by campaign, channel and month, until the as-of date.

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
changed_leads as (

    {{ changed_leads() }}

),

{% endif -%}
events as (

    select
        events.organization_id,
        events.lead_id,
        events.campaign_id,
        events.channel,
        {{ month_index('events.event_date') }} as month_number,
        events.event_type,
        {{ is_touch }} as is_touch,
        events.event_at,
        events.event_date,
        events.cost
    from {{ ref('fct_outreach_events') }} as events
    inner join build_window
        on
            events.organization_id = build_window.organization_id
            and events.event_date <= build_window.as_of_date
    {%- if is_incremental() %}
    inner join changed_leads
        on {{ same_key('events', 'changed_leads', ['organization_id', 'lead_id']) }}
    {%- endif %}

),

final as (

    select
        {{ grain | join(',\n        ') }},
        count(*) as events,
        count(case when is_touch then 1 end) as touches,
        min(event_at) as first_event_at,
        min(case when is_touch then event_at end) as first_touch_at,
        max(case when is_touch then event_at end) as last_touch_at,
        min(case when event_type in ('click', 'opened', 'replied', 'converted') then event_date end) as engaged_date,
        min(case when event_type = 'replied' then event_date end) as replied_date,
        min(case when event_type = 'converted' then event_date end) as converted_date,
        cast(sum(coalesce(cost, 0)) as numeric(18, 2)) as event_cost
    from events
    group by {{ grain | join(', ') }}
    {%- if is_incremental() %}

    union all

    {{ tombstones('changed_leads', ['organization_id', 'lead_id']) }}
    {%- endif %}

)

select * from final
