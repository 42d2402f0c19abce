{#- The first day of the month that `month_index` numbers. -#}
{% macro first_day_of_month(month_number) -%}
    {{ adapter.dispatch('first_day_of_month')(month_number) }}
{%- endmacro %}

{% macro default__first_day_of_month(month_number) -%}
    make_date(
        cast(floor((({{ month_number }}) - 1) / 12.0) as integer),
        cast(mod(({{ month_number }}) - 1, 12) as integer) + 1,
        1
    )
{%- endmacro %}
