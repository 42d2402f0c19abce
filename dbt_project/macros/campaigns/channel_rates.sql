{#- What channel metrics of any period say of its counts and cost; null where the denominator is zero. -#}
{% macro channel_rates() -%}
    {{ ratio('delivered', 'sent') }} as delivery_rate,
        {{ ratio('replied', 'delivered') }} as reply_rate,
        {{ ratio('bounced', 'sent') }} as bounce_rate,
        {{ ratio('cost', 'sent') }} as cost_per_send,
        {{ ratio('cost', 'delivered') }} as cost_per_delivery,
        {{ ratio('cost', 'replied') }} as cost_per_reply,
        {{ ratio('cost', 'converted') }} as cost_per_conversion,
        case when cost > 0 then {{ ratio(ratio('replied', 'sent'), ratio('cost', 'sent')) }} end as efficiency
{%- endmacro %}

{#- Channel metrics of whole weeks or months, from those of days. -#}
{% macro channel_roll_up(period) -%}
    {%- set period_start = period ~ '_start' -%}
    {%- set grain = ['organization_id', 'campaign_id', 'channel', period_start] -%}
    {%- set counts = outreach_counts().keys() -%}
with days as (

    select
        *,
        cast({{ dbt.date_trunc(period, 'calendar_date') }} as date) as {{ period_start }}
    from {{ ref('channel_metrics') }}

),

periods as (

    select
        {{ grain | join(',\n        ') }},
        {% for count in counts -%}
        cast(sum({{ count }}) as bigint) as {{ count }},
        {% endfor -%}
        cast(sum(cost) as numeric(18, 2)) as cost
    from days
    group by {{ grain | join(', ') }}

),

final as (

    select
        {{ grain | join(',\n        ') }},
        {{ counts | join(',\n        ') }},
        cost,
        {{ channel_rates() }}
    from periods

)

select * from final
{%- endmacro %}
