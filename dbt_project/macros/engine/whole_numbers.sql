{#- Every whole number from one to another, both included, as a column that multiplies the rows of its query. -#}
{% macro whole_numbers(first, last) -%}
    {{ adapter.dispatch('whole_numbers')(first, last) }}
{%- endmacro %}

{% macro postgres__whole_numbers(first, last) -%}
    generate_series({{ first }}, {{ last }})
{%- endmacro %}

{% macro duckdb__whole_numbers(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}))
{%- endmacro %}
