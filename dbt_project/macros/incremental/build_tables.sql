{#-
How an incremental model knows what to do. No model asks the clock or the run which days are new: it compares what is
loaded with what it was last built from, so that days may come in any order and a crashed run is mended by the next.

ops.model_builds           what each incremental model was last built from, per organization
ops.touched_orders         orders whose lines changed, by build
ops.touched_customer_days  customers' days whose transactions changed, by build
-#}
{% macro create_build_tables() -%}
    create schema if not exists ops;

    create table if not exists ops.model_builds (
        model varchar,
        organization_id varchar,
        build_id bigint not null,
        rebuilt_build_id bigint not null,
        through_load_id bigint not null,
        as_of_date date not null,
        fingerprint varchar not null,
        primary key (model, organization_id)
    );

    create table if not exists ops.touched_orders (
        organization_id varchar, order_id varchar, build_id bigint
    );

    create table if not exists ops.touched_customer_days (
        organization_id varchar,
        customer_type varchar,
        customer_id varchar,
        transaction_date date,
        build_id bigint
    );
{%- endmacro %}

{#- Forgets models that are no more, and what every model has already taken in. -#}
{% macro prune_touched() -%}
    {%- set incremental = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'model' and node.config.materialized == 'incremental' -%}
        {%- do incremental.append(node.name) -%}
    {%- endfor %}
    {%- if incremental %}
    delete from ops.model_builds
    where model not in ('{{ incremental | join("', '") }}');
    {%- endif %}

    delete from ops.touched_orders
    where build_id <= (select min(build_id) from ops.model_builds);

    delete from ops.touched_customer_days
    where build_id <= (select min(build_id) from ops.model_builds);
{%- endmacro %}
