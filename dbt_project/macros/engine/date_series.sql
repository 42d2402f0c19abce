{#- One row per day from first_day to last_day, both included, for every row of a relation. -#}
{% macro date_series(relation, first_day, last_day, keep) -%}
    {{ adapter.dispatch('date_series')(relation, first_day, last_day, keep) }}
{%- endmacro %}

{% macro postgres__date_series(relation, first_day, last_day, keep) -%}
    select
        {{ keep | join(', ') }},
        cast(generate_series({{ first_day }}, {{ last_day }}, interval '1 day') as date) as calendar_date
    from {{ relation }}
{%- endmacro %}

{% macro duckdb__date_series(relation, first_day, last_day, keep) -%}
    select
        {{ keep | join(', ') }},
        cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval '1 day')) as date) as calendar_date
    from {{ relation }}
{%- endmacro %}
