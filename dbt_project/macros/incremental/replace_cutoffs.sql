{#-
The incremental strategy of customer_features. What was the as-of date's stays as a month end or goes; customers who were
read again, and those who are none any more, are replaced whole. ops.touched_cutoffs and ops.touched_features note what
changed, for those who follow.
-#}
{% macro get_incremental_replace_cutoffs_sql(arg_dict) -%}
    {%- set target_table = arg_dict['target_relation'] -%}
    {%- set new_rows = arg_dict['temp_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set compared = arg_dict['dest_columns'] | rejectattr('name', 'equalto', 'is_current') -%}
    {%- set compared = compared | map(attribute='quoted') | join(', ') -%}
    {%- set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
    {%- set window = ref('int_feature_window') -%}

    {{ refresh_statistics(new_rows) }};

    create temporary table replaced_customers as
    select {{ customer | join(', ') }}
    from {{ ref('int_feature_customers') }}
    where is_read_again

    union

    select standing.{{ customer | join(', standing.') }}
    from {{ target_table }} as standing
    inner join {{ window }} as feature_window
        on
            standing.organization_id = feature_window.organization_id
            and standing.cutoff = feature_window.from_date
    where
        not feature_window.is_rebuild
        and not exists (
            select 1
            from {{ ref('dim_customer') }} as dim_customer
            where {{ same_key('dim_customer', 'standing', customer) }}
        );

    {{ refresh_statistics('replaced_customers') }};

    create temporary table changed_rows as
    with before as (
        select {{ compared }}
        from {{ target_table }}
        inner join replaced_customers using ({{ customer | join(', ') }})
    ),

    after as (
        select {{ compared }}
        from {{ new_rows }}
        inner join replaced_customers using ({{ customer | join(', ') }})
    )

    select changed.{{ customer | join(', changed.') }}, changed.cutoff
    from (
        (select * from before except select * from after)
        union all
        (select * from after except select * from before)
    ) as changed
    inner join {{ window }} as feature_window
        on
            changed.organization_id = feature_window.organization_id
            and changed.cutoff <= feature_window.from_date
    where not feature_window.is_rebuild;

    insert into ops.touched_features ({{ customer | join(', ') }}, build_id)
    select distinct changed_rows.{{ customer | join(', changed_rows.') }}, as_of.build_id
    from changed_rows
    inner join {{ ref('as_of_dates') }} as as_of
        on changed_rows.organization_id = as_of.organization_id;

    insert into ops.touched_cutoffs (organization_id, cutoff, build_id)
    select touched.organization_id, touched.cutoff, as_of.build_id
    from (
        select organization_id, cutoff
        from changed_rows

        union

        select organization_id, from_date as cutoff
        from {{ window }}
        where
            not is_rebuild
            and from_date < as_of_date

        union

        select new_rows.organization_id, new_rows.cutoff
        from {{ new_rows }} as new_rows
        inner join {{ window }} as feature_window
            on
                new_rows.organization_id = feature_window.organization_id
                and new_rows.cutoff >= feature_window.from_date
        where not feature_window.is_rebuild
    ) as touched
    inner join {{ ref('as_of_dates') }} as as_of
        on touched.organization_id = as_of.organization_id;

    -- by subqueries that are mostly empty, not by conditions on each row: the history is not read
    delete from {{ target_table }}
    where organization_id in (
        select organization_id
        from {{ window }}
        where is_rebuild

        union

        select organization_id
        from ops.model_builds
        where
            model = '{{ model.name }}'
            and organization_id not in (select feature_window.organization_id from {{ window }} as feature_window)
    );

    delete from {{ target_table }}
    where ({{ customer | join(', ') }}) in (
        select {{ customer | join(', ') }}
        from replaced_customers
    );

    -- of a customer of whom nothing was known then, only the as-of date speaks
    delete from {{ target_table }}
    where
        (organization_id, cutoff) in (
            select organization_id, from_date
            from {{ window }}
            where from_date < as_of_date
        )
        and (not is_month_end or known_since is null);

    update {{ target_table }}
    set is_current = false
    where (organization_id, cutoff) in (
        select organization_id, from_date
        from {{ window }}
        where from_date < as_of_date
    );

    insert into {{ target_table }} ({{ columns }})
    select {{ columns }}
    from {{ new_rows }};

    drop table replaced_customers;
    drop table changed_rows
{%- endmacro %}

{#- Stops a build of customer_features alone: what its parents prepared goes on from the build before. -#}
{% macro refuse_features_of_another_build() -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set others = run_query(
        "select feature_window.organization_id from " ~ ref('int_feature_window') ~ " as feature_window "
        ~ "left join ops.model_builds as built on built.model = 'customer_features' "
        ~ "and built.organization_id = feature_window.organization_id "
        ~ "where not feature_window.is_rebuild and feature_window.from_build_id <> coalesce(built.build_id, 0)"
    ).rows -%}
    {%- if others | length > 0 -%}
        {{ exceptions.raise_compiler_error(
            'customer_features of ' ~ others[0][0] ~ ' go on from another build than its parents prepared: build '
            ~ 'it with them, --select +customer_features, or anew with --full-refresh.'
        ) }}
    {%- endif -%}
{%- endmacro %}
