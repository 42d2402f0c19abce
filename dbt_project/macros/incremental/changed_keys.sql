{#-
Keys of an export of which the model's build window brings rows or takes some away; `build_window` must stand in the query.
-#}
{% macro changed_keys(export, key) -%}
    {%- set key_columns = ['organization_id'] + key -%}
    {{ new_rows(export, key_columns) }}

    union

    select {{ key_columns | join(', ') }}
    from {{ source('ops', 'removed_' ~ export) }}
    where removed_by_load_id > {{ build_bounds()['from_load_id'] }}
{%- endmacro %}
