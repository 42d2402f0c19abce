{#- The id of an employer, who is known by name alone: two spellings that differ in case and blanks around have one. -#}
{% macro employer_id(name) -%}
    md5({{ fold(name) }})
{%- endmacro %}
