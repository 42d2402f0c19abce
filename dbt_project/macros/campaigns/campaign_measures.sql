{#- The days of campaigns until their end, once per measure that trends and anomalies look at. -#}
{% macro campaign_measures() -%}
    {%- for measure in campaign_flows() if measure != 'gross_margin' %}
    {{ 'union all\n\n    ' if not loop.first }}select
        days.organization_id,
        days.campaign_id,
        days.calendar_date,
        '{{ measure }}' as measure,
        cast(days.{{ measure }} as numeric(18, 2)) as amount
    from {{ ref('campaign_metrics') }} as days
    inner join {{ ref('dim_campaign') }} as campaigns
        on
            {{ same_key('days', 'campaigns', ['organization_id', 'campaign_id']) }}
            and days.calendar_date <= coalesce(campaigns.end_date, days.calendar_date)
    {% endfor -%}
{%- endmacro %}
