{#- Whether a text matches a regular expression; null where either is null. -#}
{% macro matches(text, pattern) -%}
    {{ adapter.dispatch('matches')(text, pattern) }}
{%- endmacro %}

{% macro postgres__matches(text, pattern) -%}
    {{ text }} ~ ({{ pattern }})
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}
