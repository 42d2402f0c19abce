{#-
Keys of an export of which the model's build window brings rows or takes some away; `build_window` must stand in the query.
-#}
{% macro changed_keys(export, key) -%}
    {%- set key_columns = ['organization_id'] + key -%}
    {%- set bounds = build_bounds() -%}
    select
        raw.{{ key_columns | join(',\n        raw.') }}
    from {{ source('raw', export) }} as raw
    inner join build_window
        on
            raw.organization_id = build_window.organization_id
            and raw._load_id > build_window.from_load_id
            and raw._load_id <= build_window.through_load_id
            and raw._export_date <= build_window.as_of_date
    where raw._load_id > {{ bounds['from_load_id'] }}
    {%- if bounds['from_date'] %}

    union

    select
        raw.{{ key_columns | join(',\n        raw.') }}
    from {{ source('raw', export) }} as raw
    inner join build_window
        on
            raw.organization_id = build_window.organization_id
            and raw._export_date > build_window.from_date
            and raw._export_date <= build_window.as_of_date
            and raw._load_id <= build_window.from_load_id
    where
        raw._export_date > date '{{ bounds["from_date"] }}'
        and raw._export_date <= date '{{ bounds["as_of_date"] }}'
    {%- endif %}

    union

    select {{ key_columns | join(', ') }}
    from {{ source('ops', 'removed_' ~ export) }}
    where removed_by_load_id > {{ bounds['from_load_id'] }}
{%- endmacro %}
