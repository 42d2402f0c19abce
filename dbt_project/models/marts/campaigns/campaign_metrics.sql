{{
    config(indexes=btree([
        ['organization_id', 'campaign_id', 'calendar_date'],
        ['organization_id', 'calendar_date']
    ]))
}}

{% set day = ['organization_id', 'campaign_id', 'calendar_date'] -%}
{% set flows = campaign_flows() -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

leads as (

    select * from {{ ref('int_campaign_leads') }}

),

-- a row per thing that happened, with a one or its amount in the column that counts it
happened as (

    {% for count, date in {
        'new_leads': 'lead_date',
        'newly_engaged_leads': 'engaged_date',
        'newly_replied_leads': 'replied_date',
        'newly_converted_leads': 'converted_date',
    }.items() -%}
    select
        organization_id,
        campaign_id,
        {% for flow in flows -%}
        {{ 1 if flow == count else 0 }} as {{ flow }},
        {% endfor -%}
        {{ date }} as calendar_date
    from leads
    where {{ date }} is not null

    union all

    {% endfor -%}
    select
        organization_id,
        campaign_id,
        {% for flow in flows -%}
        {{ 'cost' if flow == 'spend' else 0 }} as {{ flow }},
        {% endfor -%}
        calendar_date
    from {{ ref('channel_metrics') }}

    union all

    select
        organization_id,
        campaign_id,
        {% for flow in flows -%}
        {{ flow if flow in ['revenue', 'gross_margin'] else 0 }} as {{ flow }},
        {% endfor -%}
        coalesce(settled_date, created_date) as calendar_date
    from {{ ref('int_campaign_deals') }}

),

active_days as (

    select
        {% for flow in flows -%}
        sum({{ flow }}) as {{ flow }},
        {% endfor -%}
        {{ day | join(',\n        ') }}
    from happened
    group by {{ day | join(', ') }}

),

-- from a campaign's first active day to its last, at least to its end, or to the as-of date where it has none
spans as (

    select
        active_days.organization_id,
        active_days.campaign_id,
        min(active_days.calendar_date) as first_day,
        least(
            max(as_of.as_of_date),
            greatest(max(active_days.calendar_date), coalesce(max(campaigns.end_date), max(as_of.as_of_date)))
        ) as last_day
    from active_days
    inner join as_of
        on active_days.organization_id = as_of.organization_id
    inner join campaigns
        on {{ same_key('active_days', 'campaigns', ['organization_id', 'campaign_id']) }}
    group by active_days.organization_id, active_days.campaign_id

),

days as (

    {{ date_series('spans', 'first_day', 'last_day', ['organization_id', 'campaign_id', 'last_day']) }}

),

flowed as (

    select
        days.{{ day | join(',\n        days.') }},
        days.calendar_date = days.last_day as is_newest,
        {% for flow, type in flows.items() -%}
        cast(coalesce(active_days.{{ flow }}, 0) as {{ type }}) as {{ flow }},
        {% endfor -%}
        row_number() over (
            partition by days.organization_id, days.campaign_id
            order by days.calendar_date
        ) as day_number
    from days
    left join active_days
        on {{ same_key('days', 'active_days', day) }}

),

summed as (

    select
        *,
        {% for total, flow in campaign_totals().items() -%}
        cast(sum({{ flow }}) over until_now as {{ flows[flow] }}) as {{ total }},
        {% endfor -%}
        {{ trailing_sums() }}
    from flowed
    window
        campaign as (partition by organization_id, campaign_id order by calendar_date),
        until_now as (campaign rows unbounded preceding),
        last_7 as (campaign rows between 6 preceding and current row),
        previous_7 as (campaign rows between 13 preceding and 7 preceding),
        last_28 as (campaign rows between 27 preceding and current row),
        previous_28 as (campaign rows between 55 preceding and 28 preceding),
        previous_year as (campaign rows between 391 preceding and 364 preceding)

),

final as (

    select
        summed.{{ day | join(',\n        summed.') }},
        summed.is_newest,
        campaigns.campaign_name,
        campaigns.currency,
        {% for flow in flows -%}
        summed.{{ flow }},
        {% endfor -%}
        {{ ratio('summed.new_leads', '1') }} as lead_velocity,
        {{ campaign_rates('summed') }},
        {{ trailing_growth('summed') }}
    from summed
    inner join campaigns
        on {{ same_key('summed', 'campaigns', ['organization_id', 'campaign_id']) }}

)

select * from final
