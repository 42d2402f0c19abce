{#- A text in the order of its bytes, whatever collation a database was created with: ties break alike everywhere. -#}
{% macro binary(text) -%}
    {{ adapter.dispatch('binary')(text) }}
{%- endmacro %}

{% macro default__binary(text) -%}
    {{ text }}
{%- endmacro %}

{% macro postgres__binary(text) -%}
    {{ text }} collate "C"
{%- endmacro %}
