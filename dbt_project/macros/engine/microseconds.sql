{#- An instant as text, in microseconds since 1970: the same whatever time zone a session has. -#}
{% macro microseconds(instant) -%}
    {{ adapter.dispatch('microseconds')(instant) }}
{%- endmacro %}

{% macro default__microseconds(instant) -%}
    cast(cast(round(extract(epoch from {{ instant }}) * 1000000) as bigint) as {{ dbt.type_string() }})
{%- endmacro %}
