{#- Money divided by a count, rounded half away from zero to the cent; null where the count is zero.

DuckDB divides decimals as doubles, which turns 2.675 into 2.67: its branch stays in whole numbers. -#}
{% macro divide_money(amount, count) -%}
    {{ adapter.dispatch('divide_money')(amount, count) }}
{%- endmacro %}

{% macro postgres__divide_money(amount, count) -%}
    cast(round({{ amount }} / nullif({{ count }}, 0), 2) as numeric(18, 2))
{%- endmacro %}

{% macro duckdb__divide_money(amount, count) -%}
    cast(
        cast(
            sign({{ amount }}) * (
                (abs(cast({{ amount }} * 100 as hugeint)) * 2 + ({{ count }}))
                // (2 * nullif({{ count }}, 0))
            ) as decimal(38, 0)
        ) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    )
{%- endmacro %}

{#- A ratio as double precision, the same bits on every engine; null where the denominator is zero. -#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double precision) / nullif(cast({{ denominator }} as double precision), 0)
{%- endmacro %}

{#- A double as a decimal of twelve places, so that a sum does not depend on the order of its rows. -#}
{% macro exact(value) -%}
    cast({{ value }} as numeric(28, 12))
{%- endmacro %}
