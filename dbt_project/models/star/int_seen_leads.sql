-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'lead_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'lead_id', 'campaign_id']]),
        meta={'stands': 'first_date', 'upstream': ['fct_outreach_events', 'fct_deals']}
    )
}}

{% set facts = [
    ('fct_outreach_events', 'event_date', 'fact.event_date'),
    ('fct_deals', 'created_date', 'coalesce(fact.closed_date, fact.created_date)'),
] -%}
{% set rebuilds = build_bounds()['rebuilds'] -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

touched_leads as (

    {{ touched('touched_leads', ['lead_id']) }}

),

{% endif -%}
seen as (

    {% for fact, first_date, last_date in facts -%}
    {{ 'union all\n' if not loop.first }}
    select
        fact.organization_id,
        fact.lead_id,
        fact.campaign_id,
        fact.{{ first_date }} as first_date,
        {{ last_date }} as last_date
    from {{ ref(fact) }} as fact
    {%- if is_incremental() %}
    inner join touched_leads
        on {{ same_key('fact', 'touched_leads', ['organization_id', 'lead_id']) }}
    {%- endif %}
    {% endfor %}
    {%- if rebuilds %}
    {%- for fact, first_date, last_date in facts %}
    union all
    select
        fact.organization_id,
        fact.lead_id,
        fact.campaign_id,
        fact.{{ first_date }} as first_date,
        {{ last_date }} as last_date
    from {{ ref(fact) }} as fact
    inner join build_window
        on fact.organization_id = build_window.organization_id
    where build_window.is_rebuild
    {%- endfor %}
    {%- endif %}
    {%- if is_incremental() %}
    union all
    {{ tombstones('touched_leads', ['organization_id', 'lead_id'], {'campaign_id': "'unknown'"}) }}
    {%- endif %}

),

final as (

    select
        organization_id,
        lead_id,
        campaign_id,
        min(first_date) as first_date,
        max(last_date) as last_date
    from seen
    group by organization_id, lead_id, campaign_id

)

select * from final
