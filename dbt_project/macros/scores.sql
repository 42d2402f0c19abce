{#-
What models write: a table in raw per model of this project whose `meta.scored_by` names a trained model, with the
columns that its contract lists, but for is_current. A day's scores stand beside those of earlier days.
-#}
{% macro create_score_tables() -%}
    create schema if not exists raw;

    create table if not exists ops.model_runs (
        organization_id varchar,
        model varchar,
        scored_as_of date,
        model_name varchar,
        model_version varchar,
        trained_as_of date,
        is_champion boolean,
        reason varchar,
        window_start date,
        window_end date,
        data_hash varchar,
        parameters varchar,
        metrics varchar,
        scored_rows bigint,
        finished_at timestamptz
    );
    {%- for node in (graph.nodes.values() if execute else []) if node.config.get('meta', {}).get('scored_by') %}

    create table if not exists raw.{{ node.name }} (
        {%- for column in node.columns.values() if column.name != 'is_current' %}
        {{ column.name }} {{ column.data_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    );
        {%- if target.type == 'postgres' %}

    create index if not exists {{ node.name }}_of_day on raw.{{ node.name }} (organization_id, scored_as_of);
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- The scores of the model at hand of all days until the as-of date; current are those of the newest of them. -#}
{% macro scores() -%}
    select
        {%- for column in model.columns.values() %}
        {{ 'scores.scored_as_of = newest.scored_as_of as ' if column.name == 'is_current' else 'scores.' }}{{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ source('raw', model.name) }} as scores
    inner join (
        select
            runs.organization_id,
            max(runs.scored_as_of) as scored_as_of
        from {{ source('ops', 'model_runs') }} as runs
        inner join {{ ref('as_of_dates') }} as as_of
            on
                runs.organization_id = as_of.organization_id
                and runs.scored_as_of <= as_of.as_of_date
        where
            runs.model = '{{ model.config.meta.scored_by }}'
            and exists (
                select 1
                from {{ source('raw', model.name) }} as kept
                where
                    kept.organization_id = runs.organization_id
                    and kept.scored_as_of = runs.scored_as_of
            )
        group by runs.organization_id
    ) as newest
        on
            scores.organization_id = newest.organization_id
            and newest.scored_as_of >= scores.scored_as_of
{%- endmacro %}
