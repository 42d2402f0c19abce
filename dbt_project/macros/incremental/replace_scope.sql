{#-
The incremental strategy of every model here: the rows of each unique_key that the new data names are deleted, then the
new rows are inserted. A tombstone (a row whose `meta.stands` column is null) only deletes. Organizations that are
rebuilt, or that have nothing loaded as of the as-of date, are emptied first. Models with `meta.touches` note which keys changed, before and after, for those who follow.
-#}
{% macro get_incremental_replace_scope_sql(arg_dict) -%}
    {%- set target_table = arg_dict['target_relation'] -%}
    {%- set new_rows = arg_dict['temp_relation'] -%}
    {%- set scope = arg_dict['unique_key'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set touches = model.config.meta.get('touches') -%}

    {{ refresh_statistics(new_rows) }};

    {%- if touches %}
    {{ note_touched(touches, target_table, new_rows, scope) }};
    {%- endif %}

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

{#- `touches.columns` maps the note's columns to the model's own. -#}
{% macro note_touched(touches, target_table, new_rows, scope) -%}
    {%- set noted = touches['columns'].keys() | list -%}
    {%- set own = touches['columns'].values() | list -%}
    insert into ops.{{ touches['table'] }} (organization_id, {{ noted | join(', ') }}, build_id)
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
