{#- The rows of an organization's newest snapshot as of the as-of date, one per key: the last line of the last file. -#}
{% macro latest_snapshot(export, key) -%}
    with newest as (

        select
            loads.organization_id,
            max(loads.export_date) as export_date
        from {{ source('ops', 'file_loads') }} as loads
        inner join {{ ref('as_of_dates') }} as as_of
            on
                loads.organization_id = as_of.organization_id
                and loads.export_date <= as_of.as_of_date
                and loads.load_id <= as_of.through_load_id
        where
            loads.export = '{{ export }}'
            and loads.status = 'loaded'
        group by loads.organization_id

    ),

    ranked as (

        select
            raw.*,
            row_number() over (
                partition by raw.organization_id, raw.{{ key }}
                order by {{ binary('raw._file') }} desc, raw._line desc
            ) as version_rank
        from {{ source('raw', export) }} as raw
        inner join newest
            on
                raw.organization_id = newest.organization_id
                and raw._export_date = newest.export_date

    )

    select
        {{ model.columns.keys() | join(',\n        ') }}
    from ranked
    where version_rank = 1
{%- endmacro %}
