{#-
Leads whose outreach the model's build window changes: those with touched events or deals, those with an event whose day
has come since the last as-of date, and all of an organization that is rebuilt. `build_window` must stand in the query.
-#}
{% macro changed_leads() -%}
    {%- set bounds = build_bounds() -%}
    {{ touched('touched_leads', ['lead_id']) }}

    union

    select
        events.organization_id,
        events.lead_id
    from {{ ref('fct_outreach_events') }} as events
    inner join build_window
        on
            events.organization_id = build_window.organization_id
            and events.event_date > build_window.from_date
            and events.event_date <= build_window.as_of_date
    {%- if bounds['from_date'] and not bounds['rebuilds'] %}
    where
        events.event_date > date '{{ bounds["from_date"] }}'
        and events.event_date <= date '{{ bounds["as_of_date"] }}'
    {%- endif %}
{%- endmacro %}
