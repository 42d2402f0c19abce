{#- The hour of day, 0 to 23, of a UTC instant in an organization's time zone. -#}
{% macro local_hour(instant, time_zone) -%}
    {{ adapter.dispatch('local_hour')(instant, time_zone) }}
{%- endmacro %}

{% macro default__local_hour(instant, time_zone) -%}
    extract(hour from timezone({{ time_zone }}, {{ instant }}))
{%- endmacro %}
