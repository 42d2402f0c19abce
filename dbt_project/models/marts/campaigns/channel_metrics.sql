{{
    config(indexes=btree([
        ['organization_id', 'campaign_id', 'channel', 'calendar_date'],
        ['organization_id', 'calendar_date']
    ]))
}}

{% set day = ['organization_id', 'campaign_id', 'channel', 'calendar_date'] -%}
{% set counts = outreach_counts().keys() -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

outreach as (

    select
        days.organization_id,
        {{ campaign_of('days', 'leads') }} as campaign_id,
        days.channel,
        days.event_date as calendar_date,
        {% for count in counts -%}
        days.{{ count }},
        {% endfor -%}
        days.event_cost,
        days.priced_events
    from {{ ref('int_outreach_days') }} as days
    inner join as_of
        on
            days.organization_id = as_of.organization_id
            and days.event_date <= as_of.as_of_date
    left join {{ ref('int_campaign_leads') }} as leads
        on {{ same_key('days', 'leads', ['organization_id', 'lead_id']) }}

),

costs as (

    select
        costs.organization_id,
        costs.campaign_id,
        costs.channel,
        costs.cost_date as calendar_date,
        costs.cost
    from {{ ref('fct_channel_costs') }} as costs
    inner join as_of
        on
            costs.organization_id = as_of.organization_id
            and costs.cost_date <= as_of.as_of_date

),

days as (

    select
        {{ day | join(',\n        ') }},
        {% for count in counts -%}
        cast(sum({{ count }}) as bigint) as {{ count }},
        {% endfor -%}
        sum(event_cost) as event_cost,
        sum(priced_events) as priced_events,
        sum(channel_cost) as channel_cost,
        sum(channel_costs) as channel_costs
    from (
        select
            {{ day | join(',\n            ') }},
            {{ counts | join(',\n            ') }},
            event_cost,
            priced_events,
            0 as channel_cost,
            0 as channel_costs
        from outreach

        union all

        select
            {{ day | join(',\n            ') }},
            {% for count in counts -%}
            0 as {{ count }},
            {% endfor -%}
            0 as event_cost,
            0 as priced_events,
            cost as channel_cost,
            1 as channel_costs
        from costs
    ) as united
    group by {{ day | join(', ') }}

),

-- a channel's costs of a month stand in channel_costs, or in its events where channel_costs tell none: never in both
months as (

    select
        *,
        case
            when sum(channel_costs) over this_month > 0 then 'channel_costs'
            when sum(priced_events) over this_month > 0 then 'outreach_events'
        end as cost_source
    from days
    window this_month as (
        partition by organization_id, campaign_id, channel, {{ month_index('calendar_date') }}
    )

),

priced as (

    select
        *,
        cast(case when cost_source = 'channel_costs' then channel_cost else event_cost end as numeric(18, 2)) as cost
    from months

),

final as (

    select
        {{ day | join(',\n        ') }},
        {{ counts | join(',\n        ') }},
        cost,
        cost_source,
        {{ channel_rates() }}
    from priced

)

select * from final
