{#- A text in which everything that matches a regular expression is replaced. -#}
{% macro replace_all(text, pattern, replacement) -%}
    {{ adapter.dispatch('replace_all')(text, pattern, replacement) }}
{%- endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ pattern }}, {{ replacement }}, 'g')
{%- endmacro %}
