{#- Hours from one instant to a later one, to the second; null where either is null. -#}
{% macro hours_between(earlier, later) -%}
    {{ adapter.dispatch('hours_between')(earlier, later) }}
{%- endmacro %}

{% macro default__hours_between(earlier, later) -%}
    {{ ratio('floor(extract(epoch from ' ~ later ~ ' - ' ~ earlier ~ '))', '3600') }}
{%- endmacro %}
