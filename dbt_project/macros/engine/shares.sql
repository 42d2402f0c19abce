{#- An amount times part / whole, all of them money, rounded half away from zero to the cent; whole is positive.

DuckDB divides decimals as doubles: its branch stays in whole numbers. -#}
{% macro proportion_of_money(amount, part, whole) -%}
    {{ adapter.dispatch('proportion_of_money')(amount, part, whole) }}
{%- endmacro %}

{% macro postgres__proportion_of_money(amount, part, whole) -%}
    cast(round({{ amount }} * {{ part }} / {{ whole }}, 2) as numeric(18, 2))
{%- endmacro %}

{% macro duckdb__proportion_of_money(amount, part, whole) -%}
    {%- set product = '(' ~ wide(to_cents(amount)) ~ ' * ' ~ to_cents(part) ~ ')' -%}
    {{ from_cents(
        'sign' ~ product ~ ' * ((abs' ~ product ~ ' * 2 + ' ~ to_cents(whole) ~ ') // (2 * ' ~ to_cents(whole) ~ '))'
    ) }}
{%- endmacro %}

{#-
What is due of an amount of cents for `part` of `whole` of it, where the parts until this one, included, are `until`:
such dues add up to the amount.
-#}
{% macro share_of_cents(amount, until, part, whole) -%}
    sign({{ amount }}) * (
            {{ divide_whole(wide('abs(' ~ amount ~ ')') ~ ' * ' ~ until, whole) }}
            - {{ divide_whole(wide('abs(' ~ amount ~ ')') ~ ' * (' ~ until ~ ' - ' ~ part ~ ')', whole) }}
        )
{%- endmacro %}

{#- A whole number divided by another without its rest, both of them positive. -#}
{% macro divide_whole(number, divisor) -%}
    {{ adapter.dispatch('divide_whole')(number, divisor) }}
{%- endmacro %}

{% macro postgres__divide_whole(number, divisor) -%}
    div({{ number }}, {{ divisor }})
{%- endmacro %}

{% macro duckdb__divide_whole(number, divisor) -%}
    (({{ number }}) // ({{ divisor }}))
{%- endmacro %}

{#- A whole number of a type in which products of two amounts have room. -#}
{% macro wide(number) -%}
    {{ adapter.dispatch('wide')(number) }}
{%- endmacro %}

{% macro postgres__wide(number) -%}
    cast({{ number }} as numeric(38, 0))
{%- endmacro %}

{% macro duckdb__wide(number) -%}
    cast({{ number }} as hugeint)
{%- endmacro %}
