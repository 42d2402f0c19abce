{#-
The keys that an ops.touched_ table notes since the model was last built, but for organizations that are rebuilt anyway.
`build_window` must stand in the query.
-#}
{% macro touched(table, columns) -%}
    select distinct
        touched.organization_id,
        touched.{{ columns | join(',\n        touched.') }}
    from ops.{{ table }} as touched
    inner join build_window
        on
            touched.organization_id = build_window.organization_id
            and touched.build_id > build_window.from_build_id
    where not build_window.is_rebuild
{%- endmacro %}
