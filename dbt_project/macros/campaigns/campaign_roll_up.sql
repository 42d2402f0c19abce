{#-
Campaign metrics of whole weeks or months, from those of days. A campaign's days have no gaps, so the row before is the
period before.
-#}
{% macro campaign_roll_up(period) -%}
    {%- set period_start = period ~ '_start' -%}
    {%- set grain = ['organization_id', 'campaign_id', period_start] -%}
    {%- set flows = campaign_flows() -%}
    {%- set growths = {'wow': 1, 'yoy': 52} if period == 'week' else {'mom': 1, 'yoy': 12} -%}
with days as (

    select
        *,
        cast({{ dbt.date_trunc(period, 'calendar_date') }} as date) as {{ period_start }}
    from {{ ref('campaign_metrics') }}

),

periods as (

    select
        {{ grain | join(',\n        ') }},
        min(calendar_date) as first_date,
        max(calendar_date) as last_date,
        cast(count(*) as integer) as days
        {%- for flow, type in flows.items() %},
        cast(sum({{ flow }}) as {{ type }}) as {{ flow }}
        {%- endfor %}
    from days
    group by {{ grain | join(', ') }}

),

judged as (

    select
        *,
        first_date = {{ period_start }}
        and last_date = {{ plus_days(period_start, 6) if period == 'week' else month_end(month_index(period_start)) }}
            as is_whole
    from periods

),

compared as (

    select
        *
        {%- for name, periods_before in growths.items() %}
        {%- for flow in campaign_growth_flows() %},
        lag({{ flow }}, {{ periods_before }}) over campaign as {{ flow }}_before_{{ name }}
        {%- endfor %},
        is_whole and lag(is_whole, {{ periods_before }}) over campaign as has_{{ name }}
        {%- endfor %}
    from judged
    window campaign as (partition by organization_id, campaign_id order by {{ period_start }})

),

final as (

    select
        compared.{{ grain | join(',\n        compared.') }},
        compared.last_date,
        compared.days,
        compared.is_whole,
        days.is_newest,
        days.campaign_name,
        days.currency,
        {% for flow in flows -%}
        compared.{{ flow }},
        {% endfor -%}
        {{ ratio('compared.new_leads', 'compared.days') }} as lead_velocity,
        {{ campaign_rates('days') }}
        {%- for flow in campaign_growth_flows() %}
        {%- for name in growths %},
        case when compared.has_{{ name }} then {{ growth_percent(
            'compared.' ~ flow, 'compared.' ~ flow ~ '_before_' ~ name
        ) }} end as {{ flow }}_{{ name }}_percent
        {%- endfor %}
        {%- endfor %}
    from compared
    inner join days
        on
            {{ same_key('compared', 'days', ['organization_id', 'campaign_id']) }}
            and compared.last_date = days.calendar_date

)

select * from final
{%- endmacro %}
