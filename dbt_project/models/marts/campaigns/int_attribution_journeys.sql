{{ config(schema='staging', materialized='table') }}

{% set rule = var('attribution') -%}
{% set journey = ['organization_id', 'lead_id', 'journey_number'] -%}
{% set known = {
    'direct': ['keep', 'drop', 'drop_last'],
    'path_transform': ['unique', 'exposure', 'first', 'recency'],
} -%}
{% for name, values in known.items() if rule[name] not in values -%}
    {{ exceptions.raise_compiler_error(
        "The variable attribution." ~ name ~ " is '" ~ rule[name] ~ "': it must be one of " ~ values | join(', ') ~ '.'
    ) }}
{%- endfor -%}

-- The touches of each way to a conversion, and of what has led to none yet, in order. Look-back, direct touches and
-- repeated ones as the variable attribution says.

with touches as (

    select * from {{ ref('int_attribution_touches') }}

),

conversions as (

    select * from {{ ref('int_attribution_conversions') }}

),

last_conversions as (

    select
        organization_id,
        lead_id,
        max(converted_at) as converted_at
    from conversions
    group by organization_id, lead_id

),

customer_days as (

    select
        leads.organization_id,
        leads.lead_id,
        min(days.transaction_date) as first_purchase_date
    from {{ ref('dim_lead') }} as leads
    inner join {{ ref('fct_customer_day') }} as days
        on
            leads.organization_id = days.organization_id
            and leads.customer_type = days.customer_type
            and leads.customer_id = days.customer_id
    inner join {{ ref('as_of_dates') }} as as_of
        on
            days.organization_id = as_of.organization_id
            and days.transaction_date <= as_of.as_of_date
    where days.order_count > 0
    group by leads.organization_id, leads.lead_id

),

-- A deal that no touch came before is one that the lead came for on its own.
converted as (

    select
        conversions.{{ journey | join(',\n        conversions.') }},
        conversions.purchase_type,
        conversions.revenue,
        coalesce(touches.channel, 'direct') as channel,
        touches.touch_id,
        touches.touched_at
    from conversions
    left join touches
        on
            conversions.organization_id = touches.organization_id
            and conversions.lead_id = touches.lead_id
            and conversions.touches_after < touches.touched_at
            and conversions.converted_at >= touches.touched_at
    where conversions.is_counted

),

waiting as (

    select
        touches.organization_id,
        touches.lead_id,
        case
            when last_conversions.lead_id is not null or customer_days.lead_id is not null then 'repeat'
            else 'first'
        end as purchase_type,
        touches.channel,
        touches.touch_id,
        touches.touched_at,
        max(touches.touched_at) over (partition by touches.organization_id, touches.lead_id) as last_touched_at
    from touches
    left join last_conversions
        on
            touches.organization_id = last_conversions.organization_id
            and touches.lead_id = last_conversions.lead_id
    left join customer_days
        on
            touches.organization_id = customer_days.organization_id
            and touches.lead_id = customer_days.lead_id
    where
        last_conversions.converted_at is null
        or last_conversions.converted_at < touches.touched_at

),

-- Whatever led to no conversion looks back from its last touch, as from a conversion.
journeys as (

    select * from converted

    union all

    select
        organization_id,
        lead_id,
        0 as journey_number,
        purchase_type,
        cast(null as numeric(18, 2)) as revenue,
        channel,
        touch_id,
        touched_at
    from waiting
    where touched_at > {{ dbt.dateadd('hour', -24 * rule.lookback_days, 'last_touched_at') }}

),

{% set in_order = 'partition by ' ~ journey | join(', ') ~ ' order by touched_at, ' ~ binary('touch_id') -%}
{% set step = namespace(from='journeys') -%}
{% if rule.direct != 'keep' -%}
-- Direct touches say little of what brought a lead, unless there is no other.
told as (

    select
        *,
        max(case when channel <> 'direct' then 1 else 0 end) over (
            {%- if rule.direct == 'drop' %}
            partition by {{ journey | join(', ') }}
            {%- else %}
            {{ in_order }} rows between current row and unbounded following
            {%- endif %}
        ) as other_count,
        max(case when channel <> 'direct' then 1 else 0 end) over (
            partition by {{ journey | join(', ') }}
        ) as journey_other_count
    from {{ step.from }}

),

filtered as (

    select *
    from told
    where
        journey_other_count = 0
        {%- if rule.direct == 'drop' %}
        or channel <> 'direct'
        {%- else %}
        or other_count > 0
        {%- endif %}

),

{% set step.from = 'filtered' -%}
{% endif -%}
{% if rule.path_transform != 'unique' -%}
compared as (

    select
        *,
        {% if rule.path_transform == 'exposure' -%}
        lag(channel) over ({{ in_order }}) as neighbour
        {%- else -%}
        {{ {'first': 'lag', 'recency': 'lead'}[rule.path_transform] }}(channel) over (
            partition by {{ journey | join(', ') }}, channel
            order by touched_at, {{ binary('touch_id') }}
        ) as neighbour
        {%- endif %}
    from {{ step.from }}

),

transformed as (

    select * from compared
    where
        neighbour is null
        or neighbour <> channel

),

{% set step.from = 'transformed' -%}
{% endif -%}
final as (

    select
        {{ journey | join(',\n        ') }},
        row_number() over ({{ in_order }}) as position,
        count(*) over (partition by {{ journey | join(', ') }}) as path_length,
        journey_number > 0 as is_converted,
        purchase_type,
        revenue,
        channel,
        touch_id,
        touched_at,
        max(touched_at) over (partition by {{ journey | join(', ') }}) as last_touched_at
    from {{ step.from }}

)

select * from final
