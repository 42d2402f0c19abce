{#-
The rows of a relation that a test looks at: all of them, or with the variable test_days those of the last days before
the as-of date, so that checking a day costs the day. -#}
{% macro recent(relation, day) -%}
    {%- if day and var('test_days') -%}
    (
        select tested.*
        from {{ relation }} as tested
        inner join {{ ref('as_of_dates') }} as as_of
            on
                tested.organization_id = as_of.organization_id
                and tested.{{ day }} > cast({{ dbt.dateadd('day', -(var('test_days') | int), 'as_of.as_of_date') }} as date)
    )
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}
