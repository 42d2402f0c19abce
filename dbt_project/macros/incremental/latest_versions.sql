{#-
The version of each key that stands as of the as-of date: the one of the newest export date, within it of the last file
by name, within it of the last line. Where an organization delivers full lists, keys that the newest one lacks are left
out, unless `keeps_unlisted`. Every load is visible here; `export` names the raw table.
-#}
{% macro latest_versions(export, key, keeps_unlisted=false) -%}
    {%- set key_columns = ['organization_id'] + key -%}
    with loaded as (

        select raw.*
        from {{ source('raw', export) }} as raw
        inner join {{ ref('as_of_dates') }} as as_of
            on
                raw.organization_id = as_of.organization_id
                and raw._export_date <= as_of.as_of_date
                and raw._load_id <= as_of.through_load_id
        {%- if not keeps_unlisted %}
        {{ in_newest_list(export, 'raw') }}
        {%- endif %}

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

{#- Keeps, of organizations that deliver full lists, the rows of the newest one. -#}
{% macro in_newest_list(export, rows) -%}
    left join {{ ref('newest_snapshots') }} as snapshots
        on
            {{ rows }}.organization_id = snapshots.organization_id
            and snapshots.export = '{{ export }}'
    where
        snapshots.snapshot_date is null
        or {{ rows }}._export_date = snapshots.snapshot_date
{%- endmacro %}
