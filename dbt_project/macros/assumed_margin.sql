{#- What a revenue is assumed to earn where its cost is unknown; without a setting, revenue stands in for margin. -#}
{% macro assumed_margin(revenue, organization) -%}
    cast(
        round({{ revenue }} * cast(coalesce({{ organization }}.assumed_margin_percent, 100) as numeric(7, 4)) * 0.01, 2)
        as numeric(18, 2)
    )
{%- endmacro %}
