{#-
One row per organization: what this model has to take in.

An organization is rebuilt from nothing where the model has never been built for it, its settings changed (fingerprint),
the as-of date moved back, a model that it is derived from (`upstream`) was itself rebuilt since, one of the exports that
it takes in by date (`in_order`) was loaded for a day at or before the newest that it has seen, or the `export` that it is
made of (or one of several) comes as full lists and one has come, or the first day of one of the exports that tell since
when something is known (`known_by`) moved back, or one of the exports that it asks for by name (`delivered`) came for the
first time. Otherwise the window opens behind the last build: loads after
from_load_id, export dates after from_date, touches after from_build_id.

of  the model whose window it is, where another one prepares what it takes in
-#}
{% macro build_window(of=none) -%}
    {%- set built_model = graph.nodes['model.' ~ project_name ~ '.' ~ of] if of and execute else model -%}
    {%- set in_order = built_model.config.meta.get('in_order', []) -%}
    {%- set upstream = built_model.config.meta.get('upstream', []) -%}
    {%- set known_by = built_model.config.meta.get('known_by', []) -%}
    {%- set delivered = built_model.config.meta.get('delivered', []) -%}
    {%- set exports = built_model.config.meta.get('export', []) -%}
    {%- set exports = [exports] if exports is string else exports -%}
    select
        as_of.organization_id,
        as_of.as_of_date,
        as_of.through_load_id,
        as_of.build_id,
        as_of.fingerprint,
        coalesce(built.through_load_id, 0) as from_load_id,
        coalesce(built.as_of_date, date '0001-01-01') as from_date,
        coalesce(built.build_id, 0) as from_build_id,
        coalesce(built.rebuilt_build_id, as_of.build_id) as rebuilt_build_id,
        built.model is null as is_rebuild
    from {{ ref('as_of_dates') }} as as_of
    left join ops.model_builds as built
        on
            built.model = '{{ built_model.name }}'
            and built.organization_id = as_of.organization_id
            and built.fingerprint = as_of.fingerprint
            and built.as_of_date <= as_of.as_of_date
            {%- if in_order %}
            and not exists (
                select 1
                from {{ source('ops', 'file_loads') }} as late
                inner join {{ source('ops', 'file_loads') }} as seen
                    on
                        late.organization_id = seen.organization_id
                        and late.export = seen.export
                        and late.export_date <= seen.export_date
                where
                    late.organization_id = as_of.organization_id
                    and late.export in ('{{ in_order | join("', '") }}')
                    and late.status = 'loaded'
                    and late.load_id > built.through_load_id
                    and late.load_id <= as_of.through_load_id
                    and seen.status in ('loaded', 'superseded')
                    and seen.load_id <= built.through_load_id
            )
            {%- endif %}
            {%- if known_by %}
            and not exists (
                select 1
                from {{ source('ops', 'file_loads') }} as seen
                left join {{ source('ops', 'file_loads') }} as late
                    on
                        seen.organization_id = late.organization_id
                        and seen.export = late.export
                        and late.status = 'loaded'
                        and late.load_id > built.through_load_id
                        and late.load_id <= as_of.through_load_id
                where
                    seen.organization_id = as_of.organization_id
                    and seen.export in ('{{ known_by | join("', '") }}')
                    and seen.status in ('loaded', 'superseded')
                    and seen.load_id <= built.through_load_id
                group by seen.export
                having min(late.export_date) < min(seen.export_date)
            )
            {%- endif %}
            {%- if delivered %}
            and not exists (
                select 1
                from {{ source('ops', 'file_loads') }} as first_load
                where
                    first_load.organization_id = as_of.organization_id
                    and first_load.export in ('{{ delivered | join("', '") }}')
                    and first_load.status = 'loaded'
                    and first_load.load_id <= as_of.through_load_id
                    and first_load.export_date <= as_of.as_of_date
                    and not exists (
                        select 1
                        from {{ source('ops', 'file_loads') }} as seen
                        where
                            seen.organization_id = first_load.organization_id
                            and seen.export = first_load.export
                            and seen.status in ('loaded', 'superseded')
                            and seen.load_id <= built.through_load_id
                            and seen.export_date <= built.as_of_date
                    )
            )
            {%- endif %}
            {%- if exports %}
            and not exists (
                select 1
                from {{ source('raw', 'organization_exports') }} as full_list
                inner join {{ source('ops', 'file_loads') }} as newer
                    on
                        full_list.organization_id = newer.organization_id
                        and full_list.export = newer.export
                where
                    full_list.organization_id = as_of.organization_id
                    and full_list.export in ('{{ exports | join("', '") }}')
                    and full_list.delivery = 'snapshot'
                    and newer.status = 'loaded'
                    and newer.load_id <= as_of.through_load_id
                    and newer.export_date <= as_of.as_of_date
                    and (newer.load_id > built.through_load_id or newer.export_date > built.as_of_date)
            )
            {%- endif %}
            {%- if upstream %}
            and not exists (
                select 1
                from ops.model_builds as upstream
                where
                    upstream.model in ('{{ upstream | join("', '") }}')
                    and upstream.organization_id = as_of.organization_id
                    and upstream.rebuilt_build_id > built.build_id
            )
            {%- endif %}
{%- endmacro %}

{#-
What the build window spans over all organizations, as plain values: a planner that sees them reads the new rows alone,
where a join with the window would tell it nothing.

from_load_id    loads after it are new to some organization
from_date       first day, less one, that some organization's as-of date has moved over; none if none has moved
as_of_date      the last such day
rebuilds        whether any organization is rebuilt
-#}
{% macro build_bounds() -%}
    {%- if not (execute and is_incremental()) -%}
        {{ return({'from_load_id': 0, 'from_date': none, 'as_of_date': none, 'rebuilds': false}) }}
    {%- endif -%}
    {%- set bounds = run_query(
        'select coalesce(min(from_load_id), 0), '
        ~ 'min(case when as_of_date > from_date and not is_rebuild then from_date end), '
        ~ 'max(as_of_date), coalesce(sum(case when is_rebuild then 1 else 0 end), 0) '
        ~ 'from (' ~ build_window() ~ ') as build_window'
    ).rows[0] -%}
    {{ return({
        'from_load_id': bounds[0], 'from_date': bounds[1], 'as_of_date': bounds[2], 'rebuilds': bounds[3] > 0
    }) }}
{%- endmacro %}

{#- Before a model is built whole: whatever it was built from before no longer counts. -#}
{% macro start_build() -%}
    {%- if model.config.materialized == 'incremental' and not is_incremental() -%}
    delete from ops.model_builds where model = '{{ model.name }}'
    {%- endif -%}
{%- endmacro %}

{#- After a model is built, in the same transaction: what it was built from. -#}
{% macro record_build() -%}
    {%- if model.config.materialized == 'incremental' -%}
    delete from ops.model_builds
    where
        model = '{{ model.name }}'
        and organization_id not in (select as_of.organization_id from {{ ref('as_of_dates') }} as as_of);

    insert into ops.model_builds (
        model, organization_id, build_id, rebuilt_build_id, through_load_id, as_of_date, fingerprint
    )
    select
        '{{ model.name }}',
        organization_id,
        build_id,
        rebuilt_build_id,
        through_load_id,
        as_of_date,
        fingerprint
    from ({{ build_window() }}) as build_window
    on conflict (model, organization_id) do update set
        build_id = excluded.build_id,
        rebuilt_build_id = excluded.rebuilt_build_id,
        through_load_id = excluded.through_load_id,
        as_of_date = excluded.as_of_date,
        fingerprint = excluded.fingerprint
    {%- endif -%}

{%- endmacro %}

{#- After a model was filled whole: a day's rows change no plan, and looking at all of them would cost the history. -#}
{% macro refresh_statistics_if_filled() -%}
    {%- set filled = model.config.materialized == 'table' -%}
    {%- if execute and model.config.materialized == 'incremental' -%}
        {%- set filled = run_query(
            "select 1 from ops.model_builds where rebuilt_build_id = build_id and model = '" ~ model.name ~ "'"
        ).rows | length > 0 -%}
    {%- endif -%}
    {%- if filled -%}
    {{ refresh_statistics(this) }}
    {%- endif -%}
{%- endmacro %}
