{% set rule = var('attribution') -%}
{% set journey = ['organization_id', 'lead_id', 'journey_number'] -%}
{% set models = ['first_touch', 'last_touch', 'linear', 'time_decay', 'position_based'] -%}
{% set in_order = 'partition by ' ~ journey | join(', ') ~ ' order by position' -%}
{% set whole = 1000000000000 -%}
{% set first_share = (whole * rule.position_percent.first) // 100 -%}
{% set last_share = (whole * rule.position_percent.last) // 100 -%}
{% set middle_share = whole - first_share - last_share -%}

-- Credits are whole numbers of 1e-12 until the end, each the difference of what is given until a touch and before it,
-- so that those of a conversion add up to exactly 1.

with conversions as (

    select * from {{ ref('int_attribution_conversions') }}
    where is_counted

),

weighed as (

    select
        *,
        {{ to_units('coalesce(power(0.5, ' ~ hours_between('touched_at', 'last_touched_at') ~ ' / '
            ~ 24.0 * rule.half_life_days ~ '), 1)') }} as decay
    from {{ ref('int_attribution_journeys') }}
    where is_converted

),

accumulated as (

    select
        *,
        sum(decay) over ({{ in_order }} rows between unbounded preceding and current row) as decay_until,
        sum(decay) over (partition by {{ journey | join(', ') }}) as decay_total
    from weighed

),

credited as (

    select
        {{ journey | join(',\n        ') }},
        channel,
        position,
        path_length,
        touch_id,
        touched_at,
        case when position = 1 then {{ whole }} else 0 end as first_touch,
        case when position = path_length then {{ whole }} else 0 end as last_touch,
        {{ to_units(ratio('position', 'path_length')) }}
        - {{ to_units(ratio('position - 1', 'path_length')) }} as linear,
        {{ to_units(ratio('decay_until', 'decay_total')) }}
        - {{ to_units(ratio('decay_until - decay', 'decay_total')) }} as time_decay,
        case
            when path_length = 1 then {{ whole }}
            when path_length = 2 then {{ whole // 2 }}
            when position = 1 then {{ first_share }}
            when position = path_length then {{ last_share }}
            else
                {{ to_units(ratio((middle_share / whole) ~ ' * (position - 1)', 'path_length - 2')) }}
                - {{ to_units(ratio((middle_share / whole) ~ ' * (position - 2)', 'path_length - 2')) }}
        end as position_based
    from accumulated

),

channels as (

    select
        {{ journey | join(',\n        ') }},
        channel,
        sum(first_touch) as first_touch,
        sum(last_touch) as last_touch,
        sum(linear) as linear,
        sum(time_decay) as time_decay,
        sum(position_based) as position_based,
        count(touch_id) as touch_count,
        min(touched_at) as first_contact_at,
        max(touched_at) as last_contact_at
    from credited
    group by {{ journey | join(', ') }}, channel

),

-- The outreach tool names the channel of a conversion that it knows of too.
reported as (

    select
        conversions.{{ journey | join(',\n        conversions.') }},
        {{ touchpoint('events') }} as reported_channel,
        row_number() over (
            partition by conversions.{{ journey | join(', conversions.') }}
            order by events.event_at desc, {{ binary('events.event_id') }} desc
        ) as report_rank
    from conversions
    inner join {{ ref('fct_outreach_events') }} as events
        on
            conversions.organization_id = events.organization_id
            and conversions.lead_id = events.lead_id
            and conversions.touches_after < events.event_at
            and conversions.converted_date >= events.event_date
    where events.event_type = 'converted'

),

-- Conversions have all their columns before credits are joined: of the number of credits Postgres has no idea, and
-- would loop over whatever is joined to them next.
described as (

    select
        conversions.*,
        organizations.currency,
        reported.reported_channel
    from conversions
    inner join {{ ref('dim_organization') }} as organizations
        on conversions.organization_id = organizations.organization_id
    left join reported
        on
            {{ same_key('conversions', 'reported', journey) }}
            and reported.report_rank = 1

),

shared as (

    select
        described.organization_id,
        described.lead_id,
        described.conversion_type,
        described.conversion_id,
        channels.channel,
        {{ models | map('replace', '', 'channels.', 1) | join(',\n        ') }},
        described.revenue,
        described.currency,
        described.purchase_type,
        max(case when channels.first_touch > 0 then channels.channel end) over of_journey as first_touch_channel,
        max(case when channels.last_touch > 0 then channels.channel end) over of_journey as last_touch_channel,
        described.reported_channel,
        cast(sum(channels.touch_count) over of_journey as bigint) as touch_count,
        min(channels.first_contact_at) over of_journey as first_contact_at,
        max(channels.last_contact_at) over of_journey as last_contact_at,
        described.converted_at as conversion_at,
        described.converted_date as conversion_date
    from channels
    inner join described
        on {{ same_key('channels', 'described', journey) }}
    window of_journey as (partition by channels.{{ journey | join(', channels.') }})

),

credits as (

    {% for model in models -%}
    {{ 'union all\n' if not loop.first }}
    select
        *,
        '{{ model }}' as model,
        cast(
            cast({{ model }} as numeric(18, 0)) * cast(0.000000000001 as numeric(12, 12)) as numeric(14, 12)
        ) as credit
    from shared
    where {{ model }} > 0
    {% endfor %}
),

final as (

    select
        organization_id,
        lead_id,
        conversion_type,
        conversion_id,
        model,
        channel,
        credit,
        -- DuckDB multiplies decimals of up to 18 digits in 18 digits
        cast(cast(credit as numeric(20, 12)) * revenue as numeric(32, 14)) as revenue,
        currency,
        purchase_type,
        first_touch_channel,
        last_touch_channel,
        coalesce(reported_channel, last_touch_channel) as conversion_channel,
        touch_count,
        first_contact_at,
        last_contact_at,
        conversion_at,
        conversion_date
    from credits

)

select * from final
