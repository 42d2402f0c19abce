{#- Months since year 0, so that calendar months can be subtracted and framed by range. -#}
{% macro month_index(day) -%}
    cast(extract(year from {{ day }}) * 12 + extract(month from {{ day }}) as integer)
{%- endmacro %}
