{#-
How an incremental model knows what to do. No model asks the clock or the run which days are new: it compares what is
loaded with what it was last built from, so that days may come in any order and a crashed run is mended by the next.

ops.model_builds  what each incremental model was last built from, per organization
ops.touched_*     keys whose rows changed, by build, as `touched_tables` lists them
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
    {%- for table, columns in touched_tables().items() %}

    create table if not exists ops.{{ table }} (
        organization_id varchar, {{ columns | join(', ') }}, build_id bigint
    );
    {%- endfor %}
{%- endmacro %}

{#-
touched_orders          orders whose lines changed
touched_customer_days   customers' days whose transactions changed
touched_customers       customers of whom something changed that is no transaction: a visit, a ticket, an order line
touched_customer_types  customer ids that turned out to be an account, a member or neither
touched_leads           leads whose events or deals changed
touched_outreach_days   campaigns' days on which a channel's events changed
touched_past_days       customers' days of which something was known that a correction has replaced since, where that changed
touched_past_orders     orders with such lines
touched_contacts        customers whose contacts changed, with the day since which these are or were known
touched_features        customers whose features at cutoffs before the as-of date changed
touched_cutoffs         cutoffs at which the features of any customer changed
touched_usual_gaps      months by whose end another gap is usual in the organization by now
touched_activity        customers' months in which other facts are counted by now
touched_scores          days that a trained model scored, by the name of the model
-#}
{% macro touched_tables() -%}
    {{ return({
        'touched_orders': ['order_id varchar'],
        'touched_customer_days': ['customer_type varchar', 'customer_id varchar', 'transaction_date date'],
        'touched_customers': ['customer_type varchar', 'customer_id varchar'],
        'touched_customer_types': ['customer_id varchar'],
        'touched_leads': ['lead_id varchar'],
        'touched_outreach_days': ['campaign_id varchar', 'channel varchar', 'event_date date'],
        'touched_past_days': ['customer_type varchar', 'customer_id varchar', 'transaction_date date'],
        'touched_past_orders': ['order_id varchar'],
        'touched_contacts': ['customer_type varchar', 'customer_id varchar', 'known_from date'],
        'touched_features': ['customer_type varchar', 'customer_id varchar'],
        'touched_cutoffs': ['cutoff date'],
        'touched_usual_gaps': ['month_number integer'],
        'touched_activity': ['customer_type varchar', 'customer_id varchar', 'month_number integer'],
        'touched_scores': ['model varchar', 'scored_as_of date'],
    }) }}
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
    {%- for table in touched_tables() %}

    delete from ops.{{ table }}
    where build_id <= (select min(build_id) from ops.model_builds);
    {%- endfor %}
{%- endmacro %}
