{#-
The day since which a version of a fact is known: the later of its own day and its export date. What the organization's
first delivery of an export holds is its history, known on its own day.
-#}
{% macro known_from(day, export_date, first_export_date) -%}
    case
        when {{ export_date }} <= {{ first_export_date }} then {{ day }}
        else greatest({{ day }}, {{ export_date }})
    end
{%- endmacro %}
