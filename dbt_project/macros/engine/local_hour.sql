{#- The hour of day, 0 to 23, of a UTC instant in an organization's time zone. -#}
{% macro local_hour(instant, time_zone) -%}
    {{ adapter.dispatch('local_hour')(instant, time_zone) }}
{%- endmacro %}

{% macro default__local_hour(instant, time_zone) -%}
    extract(hour from timezone({{ time_zone }}, {{ instant }}))
{%- endmacro %}

{#- Hours since midnight, with minutes as a fraction, of a UTC instant in an organization's time zone. -#}
{% macro local_clock(instant, time_zone) -%}
    {{ local_hour(instant, time_zone) }} + {{ ratio(local_minute(instant, time_zone), '60') }}
{%- endmacro %}

{#- The minute of the hour, 0 to 59, of a UTC instant in an organization's time zone. -#}
{% macro local_minute(instant, time_zone) -%}
    {{ adapter.dispatch('local_minute')(instant, time_zone) }}
{%- endmacro %}

{% macro default__local_minute(instant, time_zone) -%}
    extract(minute from timezone({{ time_zone }}, {{ instant }}))
{%- endmacro %}
