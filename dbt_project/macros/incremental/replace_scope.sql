{#-
The incremental strategy of every model here: the rows of each unique_key that the new data names are deleted, then the
new rows are inserted. A tombstone (a row whose `meta.stands` column is null) only deletes. Organizations that are
rebuilt, or that have nothing loaded as of the as-of date, are emptied first. Models with `meta.touches` note which keys
changed, before and after, for those who follow: by ops table, the note's columns and the model's own.
-#}
{% macro get_incremental_replace_scope_sql(arg_dict) -%}
    {%- set target_table = arg_dict['target_relation'] -%}
    {%- set new_rows = arg_dict['temp_relation'] -%}
    {%- set scope = arg_dict['unique_key'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}

    {{ refresh_statistics(new_rows) }};

    {%- for table, columns in model.config.meta.get('touches', {}).items() %}
    {{ note_touched(table, columns, target_table, new_rows, scope) }};
    {%- endfor %}

    delete from {{ target_table }}
    where organization_id not in (
        select build_window.organization_id
        from ({{ build_window() }}) as build_window
        where not build_window.is_rebuild
    );

    delete from {{ target_table }}
    where exists (
        select 1
        from {{ new_rows }} as new_rows
        where {{ same_key('new_rows', target_table, scope) }}
    );

    insert into {{ target_table }} ({{ columns }})
    select {{ columns }}
    from {{ new_rows }}
    where {{ model.config.meta['stands'] }} is not null
{%- endmacro %}

{% macro same_key(left, right, columns) -%}
    {%- for column in columns %}
    {{ 'and ' if not loop.first }}{{ left }}.{{ column }} = {{ right }}.{{ column }}
    {%- endfor %}
{%- endmacro %}

{% macro note_touched(table, columns, target_table, new_rows, scope) -%}
    {%- set noted = columns.keys() | list -%}
    {%- set own = columns.values() | list -%}
    insert into ops.{{ table }} (organization_id, {{ noted | join(', ') }}, build_id)
    select
        touched.organization_id,
        touched.{{ own | join(', touched.') }},
        as_of.build_id
    from (
        select organization_id, {{ own | join(', ') }}
        from {{ new_rows }}
        where {{ model.config.meta['stands'] }} is not null

        union

        select standing.organization_id, standing.{{ own | join(', standing.') }}
        from {{ target_table }} as standing
        inner join {{ new_rows }} as new_rows
            on {{ same_key('new_rows', 'standing', scope) }}
    ) as touched
    inner join {{ ref('as_of_dates') }} as as_of
        on touched.organization_id = as_of.organization_id
{%- endmacro %}
