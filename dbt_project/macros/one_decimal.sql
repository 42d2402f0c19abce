{#- A number as text with one decimal, for sentences. -#}
{% macro one_decimal(value) -%}
    cast(cast({{ value }} as numeric(18, 1)) as {{ dbt.type_string() }})
{%- endmacro %}
