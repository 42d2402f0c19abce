{#- The day on which a deal was won or lost: where its source tells none, the day on which it was opened. -#}
{% macro settled_date(deals) -%}
    coalesce({{ deals }}.closed_date, {{ deals }}.created_date)
{%- endmacro %}
