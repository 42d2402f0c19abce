{#-
The version of each key that stands as of the as-of date: the one of the newest export date, within it of the last file
by name, within it of the last line. Every load is visible here; `export` names the raw table.
-#}
{% macro latest_versions(export, key) -%}
    {%- set key_columns = ['organization_id'] + key -%}
    with loaded as (

        select raw.*
        from {{ source('raw', export) }} as raw
        inner join {{ ref('as_of_dates') }} as as_of
            on
                raw.organization_id = as_of.organization_id
                and raw._export_date <= as_of.as_of_date
                and raw._load_id <= as_of.through_load_id

    ),

    ranked as (

        select
            *,
            row_number() over (
                partition by {{ key_columns | join(', ') }}
                order by _export_date desc, {{ binary('_file') }} desc, _line desc
            ) as version_rank
        from loaded

    )

    select
        {{ model.columns.keys() | join(',\n        ') }}
    from ranked
    where version_rank = 1
{%- endmacro %}

{#-
The same for an incremental model, for the keys alone that its build window touches. A key whose rows were withdrawn by
a re-delivered file gets back its version of another day, or comes out as a tombstone: a row with nothing but its key.
-#}
{% macro changed_versions(export, key) -%}
    {%- set key_columns = ['organization_id'] + key -%}
    {%- set bounds = build_bounds() -%}
    {%- set removed = source('ops', 'removed_' ~ export) -%}
    {%- set withdrawals = execute and run_query(
        'select 1 from ' ~ removed ~ ' where removed_by_load_id > ' ~ bounds['from_load_id'] ~ ' limit 1'
    ).rows | length > 0 -%}
    with build_window as (

        {{ build_window() }}

    ),

    withdrawn as (

        select distinct {{ key_columns | join(', ') }}
        from {{ removed }}
        where removed_by_load_id > {{ bounds['from_load_id'] }}

    ),

    candidates as (

        select raw.*
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

        -- the as-of date has moved over days that were loaded before
        select raw.*
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
        {%- if withdrawals %}

        union all

        -- what stands again where a newer version was withdrawn
        select raw.*
        from {{ source('raw', export) }} as raw
        inner join withdrawn using ({{ key_columns | join(', ') }})
        inner join build_window
            on
                raw.organization_id = build_window.organization_id
                and raw._load_id <= build_window.through_load_id
                and raw._export_date <= build_window.as_of_date
        {%- endif %}

    ),

    ranked as (

        select
            *,
            row_number() over (
                partition by {{ key_columns | join(', ') }}
                order by _export_date desc, {{ binary('_file') }} desc, _line desc
            ) as version_rank
        from candidates

    ),

    newest as (

        select ranked.*
        from ranked
        inner join build_window
            on ranked.organization_id = build_window.organization_id
        where
            ranked.version_rank = 1
            and (
                build_window.is_rebuild
                or not exists (
                    select 1
                    from {{ this }} as standing
                    where
                        {% for column in key_columns -%}
                        standing.{{ column }} = ranked.{{ column }}
                        and {% endfor -%}
                        (
                            standing._export_date > ranked._export_date
                            or (
                                standing._export_date = ranked._export_date
                                and {{ binary('standing._file') }} > ranked._file
                            )
                        )
                        and not exists (
                            select 1
                            from withdrawn
                            where
                                {% for column in key_columns -%}
                                {{ 'and ' if not loop.first }}withdrawn.{{ column }} = standing.{{ column }}
                                {% endfor %}
                        )
                )
            )

    )

    select *
    from newest
    full outer join withdrawn using ({{ key_columns | join(', ') }})
{%- endmacro %}
