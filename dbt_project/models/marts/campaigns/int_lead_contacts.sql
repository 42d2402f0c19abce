-- depends_on: {{ ref('as_of_dates') }}, {{ ref('fct_outreach_events') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'lead_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'lead_id']]),
        meta={'stands': 'events', 'upstream': ['int_lead_touches']}
    )
}}

{% set lead = ['organization_id', 'lead_id'] -%}

-- What outreach did to each lead until the as-of date, over all campaigns, channels and months.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_leads as (

    {{ changed_leads() }}

),

{% endif -%}
touches as (

    select
        touches.*,
        row_number() over (
            partition by touches.{{ lead | join(', touches.') }}
            order by
                touches.campaign_id = 'unknown',
                touches.first_event_at,
                {{ binary('touches.campaign_id') }}
        ) as campaign_rank,
        row_number() over (
            partition by touches.{{ lead | join(', touches.') }}
            order by
                touches.first_touch_at nulls last,
                {{ binary('touches.channel') }}
        ) as first_rank,
        row_number() over (
            partition by touches.{{ lead | join(', touches.') }}
            order by
                touches.last_touch_at desc nulls last,
                {{ binary('touches.channel') }}
        ) as last_rank
    from {{ ref('int_lead_touches') }} as touches
    {%- if is_incremental() %}
    inner join changed_leads
        on {{ same_key('touches', 'changed_leads', lead) }}
    {%- endif %}

),

final as (

    select
        {{ lead | join(',\n        ') }},
        cast(sum(events) as bigint) as events,
        cast(sum(touches) as bigint) as touches,
        count(distinct case when touches > 0 then channel end) as channels,
        max(case when campaign_rank = 1 then campaign_id end) as first_campaign_id,
        max(case when first_rank = 1 and touches > 0 then channel end) as first_channel,
        max(case when last_rank = 1 and touches > 0 then channel end) as last_channel,
        min(case when campaign_id <> 'unknown' then first_event_at end) as first_campaign_at,
        min(first_event_at) as first_event_at,
        min(first_touch_at) as first_touch_at,
        max(last_touch_at) as last_touch_at,
        min(engaged_date) as engaged_date,
        min(replied_date) as replied_date,
        min(converted_date) as converted_date
    from touches
    group by {{ lead | join(', ') }}
    {%- if is_incremental() %}

    union all

    {{ tombstones('changed_leads', lead) }}
    {%- endif %}

)

select * from final
