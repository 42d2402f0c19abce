{#- 0 for nothing, 50 for half_amount, ever nearer to 100 for more; only a division, so the same bits on every engine. -#}
{% macro saturating_score(amount, half_amount) -%}
    100 * ({{ ratio(amount, amount ~ ' + ' ~ half_amount) }})
{%- endmacro %}
