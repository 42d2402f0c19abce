{#-
Rows of an export that the model's build window brings: those of loads since the last build, and those that were loaded
before for a day that the as-of date has moved over. `build_window` must stand in the query.
-#}
{% macro new_rows(export, columns=['*']) -%}
    {%- set bounds = build_bounds() -%}
    select
        raw.{{ columns | join(',\n        raw.') }}
    from {{ source('raw', export) }} as raw
    inner join build_window
        on
            raw.organization_id = build_window.organization_id
            and raw._load_id > build_window.from_load_id
            and raw._load_id <= build_window.through_load_id
            and raw._export_date <= build_window.as_of_date
    where raw._load_id > {{ bounds['from_load_id'] }}
    {%- if bounds['from_date'] %}

    union all

    select
        raw.{{ columns | join(',\n        raw.') }}
    from {{ source('raw', export) }} as raw
    inner join build_window
        on
            raw.organization_id = build_window.organization_id
            and raw._load_id <= build_window.from_load_id
            and raw._export_date > build_window.from_date
            and raw._export_date <= build_window.as_of_date
    where
        raw._export_date > date '{{ bounds["from_date"] }}'
        and raw._export_date <= date '{{ bounds["as_of_date"] }}'
    {%- endif %}
{%- endmacro %}
