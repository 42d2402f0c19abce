-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'event_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'event_id'],
            ['organization_id', 'lead_id', 'event_at'],
            ['organization_id', 'event_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'outreach_events',
            'touches': {
                'touched_leads': {'lead_id': 'lead_id'},
                'touched_outreach_days': {
                    'campaign_id': 'campaign_id',
                    'channel': 'channel',
                    'event_date': 'event_date'
                }
            }
        }
    )
}}

with events as (

    {% if is_incremental() -%}
    {{ changed_versions('outreach_events', ['event_id']) }}
    {%- else -%}
    select * from {{ ref('stg_outreach_events') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        events.organization_id,
        events.event_id,
        events.lead_id,
        coalesce(events.campaign_id, 'unknown') as campaign_id,
        events.channel,
        events.event_type,
        events.event_at,
        {{ local_date('events.event_at', 'organizations.time_zone') }} as event_date,
        events.cost,
        organizations.currency,
        events.message_id,
        events.template_id,
        events._export_date,
        events._file,
        events._line
    from events
    inner join organizations
        on events.organization_id = organizations.organization_id

)

select * from final
