{#- The calendar day of a UTC instant in an organization's time zone. -#}
{% macro local_date(instant, time_zone) -%}
    {{ adapter.dispatch('local_date')(instant, time_zone) }}
{%- endmacro %}

{% macro default__local_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, {{ instant }}) as date)
{%- endmacro %}
