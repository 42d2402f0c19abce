{#- The day some days after another, as a date. -#}
{% macro plus_days(day, days) -%}
    {{ adapter.dispatch('plus_days')(day, days) }}
{%- endmacro %}

{% macro default__plus_days(day, days) -%}
    ({{ day }} + {{ days }})
{%- endmacro %}
