{#- Flows of the last 7 and 28 days of a campaign, of those before them, and of 28 days a year before, as columns. -#}
{% macro trailing_sums() -%}
    {%- for flow in campaign_growth_flows() -%}
    sum({{ flow }}) over last_7 as {{ flow }}_7_days,
        sum({{ flow }}) over previous_7 as {{ flow }}_7_days_before,
        sum({{ flow }}) over last_28 as {{ flow }}_28_days,
        sum({{ flow }}) over previous_28 as {{ flow }}_28_days_before,
        sum({{ flow }}) over previous_year as {{ flow }}_year_before{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Their growth in percent, from the day on that has both spans behind it. -#}
{% macro trailing_growth(relation) -%}
    {%- for flow in campaign_growth_flows() -%}
    {%- set sum = relation ~ '.' ~ flow -%}
    case when {{ relation }}.day_number >= 14 then
            {{ growth_percent(sum ~ '_7_days', sum ~ '_7_days_before') }}
        end as {{ flow }}_wow_percent,
        case when {{ relation }}.day_number >= 56 then
            {{ growth_percent(sum ~ '_28_days', sum ~ '_28_days_before') }}
        end as {{ flow }}_mom_percent,
        case when {{ relation }}.day_number >= 392 then
            {{ growth_percent(sum ~ '_28_days', sum ~ '_year_before') }}
        end as {{ flow }}_yoy_percent{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
