{#- The days of campaigns once per measure that trends and anomalies look at. -#}
{% macro campaign_measures() -%}
    {%- for measure in campaign_flows() if measure != 'gross_margin' %}
    {{ 'union all\n\n    ' if not loop.first }}select
        organization_id,
        campaign_id,
        calendar_date,
        is_newest,
        '{{ measure }}' as measure,
        cast({{ measure }} as numeric(18, 2)) as amount
    from {{ ref('campaign_metrics') }}
    {% endfor -%}
{%- endmacro %}
