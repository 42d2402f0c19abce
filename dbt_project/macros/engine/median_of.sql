{#- The median of an array of numbers, null where it is empty. -#}
{% macro median_of(numbers) -%}
    {{ adapter.dispatch('median_of')(numbers) }}
{%- endmacro %}

{% macro postgres__median_of(numbers) -%}
    (
        select percentile_cont(0.5) within group (order by number)
        from unnest({{ numbers }}) as number
    )
{%- endmacro %}

{% macro duckdb__median_of(numbers) -%}
    list_median({{ numbers }})
{%- endmacro %}

{#- The median distance of an array's numbers from a centre, null where it is empty. -#}
{% macro median_distance(numbers, centre) -%}
    {{ adapter.dispatch('median_distance')(numbers, centre) }}
{%- endmacro %}

{% macro postgres__median_distance(numbers, centre) -%}
    (
        select percentile_cont(0.5) within group (order by abs(number - {{ centre }}))
        from unnest({{ numbers }}) as number
    )
{%- endmacro %}

{% macro duckdb__median_distance(numbers, centre) -%}
    list_median(list_transform({{ numbers }}, lambda number: abs(number - {{ centre }})))
{%- endmacro %}

{#- The median of the first elements of an array, null where there are none. -#}
{% macro median_of_first(numbers, count) -%}
    {{ median_of('(' ~ numbers ~ ')[1:(' ~ count ~ ')]') }}
{%- endmacro %}
