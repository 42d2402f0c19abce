{{
    config(indexes=btree([
        ['organization_id', 'lead_id', 'campaign_id', 'channel'],
        ['organization_id', 'campaign_id']
    ]))
}}

{% set channel = ['organization_id', 'campaign_id', 'channel'] -%}
{% set month = channel + ['month_number'] -%}
{% set grain = ['organization_id', 'lead_id', 'campaign_id', 'channel'] -%}

with leads as (

    select * from {{ ref('int_campaign_leads') }}

),

claimed_touches as (

    select
        touches.organization_id,
        touches.lead_id,
        {{ campaign_of('touches', 'leads') }} as campaign_id,
        touches.channel,
        touches.month_number,
        touches.touches,
        touches.event_cost
    from {{ ref('int_lead_touches') }} as touches
    left join leads
        on {{ same_key('touches', 'leads', ['organization_id', 'lead_id']) }}

),

touches as (

    select
        {{ grain | join(',\n        ') }},
        month_number,
        sum(touches) as touches,
        sum(event_cost) as event_cost
    from claimed_touches
    group by {{ grain | join(', ') }}, month_number

),

-- months whose costs stand in channel_costs, in cents
months as (

    select
        {{ channel | join(',\n        ') }},
        {{ month_index('calendar_date') }} as month_number,
        {{ to_cents('sum(cost)') }} as month_cents
    from {{ ref('channel_metrics') }}
    where cost_source = 'channel_costs'
    group by {{ channel | join(', ') }}, {{ month_index('calendar_date') }}

),

of_events as (

    select
        touches.{{ grain | join(',\n        touches.') }},
        touches.touches,
        {{ to_cents('touches.event_cost') }} as cost_cents
    from touches
    left join months
        on {{ same_key('touches', 'months', month) }}
    where months.month_cents is null

),

-- a month's cost goes to the leads whom the channel touched in it, by touches
touched as (

    select
        touches.{{ grain | join(',\n        touches.') }},
        touches.month_number,
        months.month_cents,
        touches.touches,
        sum(touches.touches) over (partition by touches.{{ month | join(', touches.') }}) as month_touches,
        sum(touches.touches) over (
            partition by touches.{{ month | join(', touches.') }}
            order by {{ binary('touches.lead_id') }}
            rows unbounded preceding
        ) as touches_until
    from touches
    inner join months
        on {{ same_key('touches', 'months', month) }}
    where touches.touches > 0

),

-- what touched nobody goes to all leads of the campaign alike
untouched as (

    select
        months.{{ channel | join(',\n        months.') }},
        sum(months.month_cents) as month_cents
    from months
    where
        not exists (
            select 1
            from touched
            where {{ same_key('months', 'touched', month) }}
        )
    group by months.{{ channel | join(', months.') }}

),

shared as (

    select
        leads.organization_id,
        leads.lead_id,
        leads.campaign_id,
        untouched.channel,
        untouched.month_cents,
        count(*) over (partition by untouched.{{ channel | join(', untouched.') }}) as leads,
        row_number() over (
            partition by untouched.{{ channel | join(', untouched.') }}
            order by {{ binary('leads.lead_id') }}
        ) as lead_number
    from leads
    inner join untouched
        on {{ same_key('leads', 'untouched', ['organization_id', 'campaign_id']) }}

),

-- each takes what is due until it less what is due before it, so that cents add up to the cost
costs as (

    select
        {{ grain | join(',\n        ') }},
        touches,
        cost_cents
    from of_events

    union all

    select
        {{ grain | join(',\n        ') }},
        touches,
        {{ share_of_cents('month_cents', 'touches_until', 'touches', 'month_touches') }} as cost_cents
    from touched

    union all

    select
        {{ grain | join(',\n        ') }},
        0 as touches,
        {{ share_of_cents('month_cents', 'lead_number', '1', 'leads') }} as cost_cents
    from shared

),

final as (

    select
        {{ grain | join(',\n        ') }},
        cast(sum(touches) as bigint) as touches,
        {{ from_cents('sum(cost_cents)') }} as cost
    from costs
    group by {{ grain | join(', ') }}

)

select * from final
