-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'campaign_id', 'channel', 'event_date'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'campaign_id', 'channel', 'event_date', 'lead_id']]),
        meta={'stands': 'events', 'upstream': ['fct_outreach_events']}
    )
}}

{% set day = ['organization_id', 'campaign_id', 'channel', 'event_date'] -%}
{% set counted = outreach_counts() -%}

-- The small table that campaign marts are made from: each campaign's days by channel, days to come too, for its readers
-- to stop at the as-of date. Events that name no campaign stay apart by lead, for its own campaign to claim them.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

touched_days as (

    {{ touched('touched_outreach_days', day[1:]) }}

),

events as (

    select events.*
    from {{ ref('fct_outreach_events') }} as events
    inner join touched_days
        on {{ same_key('events', 'touched_days', day) }}
    {%- if build_bounds()['rebuilds'] %}

    union all

    select events.*
    from {{ ref('fct_outreach_events') }} as events
    inner join build_window
        on
            events.organization_id = build_window.organization_id
            and build_window.is_rebuild
    {%- endif %}

),

{% else -%}
events as (

    select * from {{ ref('fct_outreach_events') }}

),

{% endif -%}
final as (

    select
        {{ day | join(',\n        ') }},
        case when campaign_id = 'unknown' then lead_id else '' end as lead_id,
        count(*) as events,
        {% for count, event_type in counted.items() -%}
        count(case when event_type = '{{ event_type }}' then 1 end) as {{ count }},
        {% endfor -%}
        cast(sum(coalesce(cost, 0)) as numeric(18, 2)) as event_cost,
        count(cost) as priced_events
    from events
    group by {{ day | join(', ') }}, case when campaign_id = 'unknown' then lead_id else '' end
    {%- if is_incremental() %}

    union all

    {{ tombstones('touched_days', day, {'lead_id': "''"}) }}
    {%- endif %}

)

select * from final
