{#- Hundredths as money, and back; exact. -#}
{% macro from_cents(cents) -%}
    cast(cast({{ cents }} as numeric(18, 0)) * cast(0.01 as numeric(3, 2)) as numeric(18, 2))
{%- endmacro %}

{% macro to_cents(money) -%}
    cast({{ money }} * 100 as bigint)
{%- endmacro %}
