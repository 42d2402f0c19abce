{#- Every word of a text, as a column that multiplies the rows of its query. What is ASCII and no letter parts words. -#}
{% macro words_of(text) -%}
    {{ adapter.dispatch('words_of')(text) }}
{%- endmacro %}

{% macro postgres__words_of(text) -%}
    regexp_split_to_table({{ fold(text) }}, '[\x01-\x60\x7b-\x7f]+')
{%- endmacro %}

{% macro duckdb__words_of(text) -%}
    unnest(string_split_regex({{ fold(text) }}, '[\x01-\x60\x7b-\x7f]+'))
{%- endmacro %}
