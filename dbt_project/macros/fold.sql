{#-
A name or domain in the form in which two spellings of it are equal. Only ASCII letters are folded: engines disagree on
the others.
-#}
{% macro fold(text) -%}
    translate(trim({{ text }}), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
{%- endmacro %}
