{#- The last day of the month that `month_index` numbers. -#}
{% macro month_end(month_number) -%}
    {{ plus_days(first_day_of_month(month_number ~ ' + 1'), -1) }}
{%- endmacro %}
