{#- The warehouse has one fixed set of schemas, the same on every engine and for every developer. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
