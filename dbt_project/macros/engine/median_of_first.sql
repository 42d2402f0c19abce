{#- The median of the first elements of an array, null where there are none. -#}
{% macro median_of_first(numbers, count) -%}
    {{ adapter.dispatch('median_of_first')(numbers, count) }}
{%- endmacro %}

{% macro postgres__median_of_first(numbers, count) -%}
    (
        select percentile_cont(0.5) within group (order by number)
        from unnest(({{ numbers }})[1:({{ count }})]) as number
    )
{%- endmacro %}

{% macro duckdb__median_of_first(numbers, count) -%}
    list_median(({{ numbers }})[1:({{ count }})])
{%- endmacro %}
