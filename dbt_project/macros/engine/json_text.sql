{#- A text as JSON, quotes and all; null where it is null. -#}
{% macro json_text(text) -%}
    {{ adapter.dispatch('json_text')(text) }}
{%- endmacro %}

{% macro default__json_text(text) -%}
    coalesce(cast(to_json({{ text }}) as {{ dbt.type_string() }}), 'null')
{%- endmacro %}

{% macro postgres__json_text(text) -%}
    coalesce(cast(to_json(cast({{ text }} as text)) as text), 'null')
{%- endmacro %}
