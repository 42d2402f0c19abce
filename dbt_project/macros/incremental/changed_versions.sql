{#-
`latest_versions` for an incremental model, for the keys alone that its build window touches. A key whose rows were
withdrawn by a re-delivered file gets back its version of another day, or comes out as a tombstone: a row with nothing
but its key.

renamed         what the model calls key columns that it renames
has_customer    whether rows of customers whose type has changed come again, for the model to look it up anew
keeps_unlisted  as for `latest_versions`
-#}
{% macro changed_versions(export, key, renamed={}, has_customer=false, keeps_unlisted=false) -%}
    {%- set key_columns = ['organization_id'] + key -%}
    {%- set bounds = build_bounds() -%}
    {%- set removed = source('ops', 'removed_' ~ export) -%}
    {%- set withdrawals = execute and run_query(
        'select 1 from ' ~ removed ~ ' where removed_by_load_id > ' ~ bounds['from_load_id'] ~ ' limit 1'
    ).rows | length > 0 -%}
    {%- set retyped = execute and has_customer and run_query(
        'with build_window as (' ~ build_window() ~ ') ' ~ retyped_keys(key, renamed) ~ ' limit 1'
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

        {{ new_rows(export) }}
        {%- if withdrawals %}

        union all

        -- what stands again where a newer version was withdrawn
        {{ every_version(export, key_columns, 'withdrawn') }}
        {%- endif %}
        {%- if retyped %}

        union all

        {{ every_version(export, key_columns, '(' ~ retyped_keys(key, renamed) ~ ') as retyped') }}
        {%- endif %}

    ),

    ranked as (

        select
            candidates.*,
            row_number() over (
                partition by candidates.{{ key_columns | join(', candidates.') }}
                order by candidates._export_date desc, {{ binary('candidates._file') }} desc, candidates._line desc
            ) as version_rank
        from candidates
        {%- if not keeps_unlisted %}
        {{ in_newest_list(export, 'candidates') }}
        {%- endif %}

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
                        standing.{{ renamed.get(column, column) }} = ranked.{{ column }}
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
                                {{ 'and ' if not loop.first }}withdrawn.{{ column }} = ranked.{{ column }}
                                {% endfor %}
                        )
                )
            )

    )

    select *
    from newest
    full outer join withdrawn using ({{ key_columns | join(', ') }})
{%- endmacro %}

{#- All versions of some keys that the build may see. -#}
{% macro every_version(export, key_columns, keys) -%}
    select raw.*
    from {{ source('raw', export) }} as raw
    inner join {{ keys }} using ({{ key_columns | join(', ') }})
    inner join build_window
        on
            raw.organization_id = build_window.organization_id
            and raw._load_id <= build_window.through_load_id
            and raw._export_date <= build_window.as_of_date
{%- endmacro %}

{#- Keys of the model's rows whose customer, `standing`, has turned out to be of another type. -#}
{% macro retyped_keys(key, renamed={}) -%}
    select
        standing.organization_id
        {%- for column in key %},
        standing.{{ renamed.get(column, column) }} as {{ column }}
        {%- endfor %}
    from {{ this }} as standing
    inner join ({{ touched('touched_customer_types', ['customer_id']) }}) as retyped_customers
        on
            standing.organization_id = retyped_customers.organization_id
            and standing.customer_id = retyped_customers.customer_id
{%- endmacro %}
