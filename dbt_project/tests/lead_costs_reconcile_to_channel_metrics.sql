-- What leads cost adds up, to the cent, to what campaigns with leads or touches cost by channel.
{{ config(meta={'dagster': {'ref': {'name': 'lead_channel_costs'}}}) }}

{% set channel = ['organization_id', 'campaign_id', 'channel'] -%}

with leads as (

    select
        {{ channel | join(',\n        ') }},
        sum(cost) as cost
    from {{ ref('lead_channel_costs') }}
    group by {{ channel | join(', ') }}

),

channels as (

    select
        {{ channel | join(',\n        ') }},
        sum(cost) as cost
    from {{ ref('channel_metrics') }}
    group by {{ channel | join(', ') }}

)

select channels.*
from channels
left join leads
    on {{ same_key('channels', 'leads', channel) }}
where
    channels.cost <> coalesce(leads.cost, 0)
    -- nobody is there to bear it
    and (
        leads.cost is not null
        or exists (
            select 1
            from {{ ref('int_campaign_leads') }} as owners
            where {{ same_key('owners', 'channels', ['organization_id', 'campaign_id']) }}
        )
    )
