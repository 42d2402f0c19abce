{#- Lets the planner know a table that was just filled; engines that plan from the table itself need nothing. -#}
{% macro refresh_statistics(relation) -%}
    {{ adapter.dispatch('refresh_statistics')(relation) }}
{%- endmacro %}

{% macro default__refresh_statistics(relation) -%}
{%- endmacro %}

{% macro postgres__refresh_statistics(relation) -%}
    analyze {{ relation }}
{%- endmacro %}
