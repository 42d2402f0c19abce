-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'ticket_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'ticket_id']]),
        meta={
            'stands': 'opened_known_from',
            'upstream': ['fct_support_tickets'],
            'known_by': ['support_tickets']
        }
    )
}}

-- A ticket comes again with each change, so each of its facts is known since the first version that told it.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed as (

    {{ changed_keys('support_tickets', ['ticket_id']) }}

    union

    {{ retyped_keys(['ticket_id']) }}

),

{% endif -%}
first_deliveries as (

    {{ first_deliveries() }}

),

told as (

    select
        tickets.organization_id,
        tickets.ticket_id,
        tickets.customer_type,
        tickets.customer_id,
        tickets.opened_date,
        tickets.closed_date,
        coalesce(tickets.closed_date, tickets.opened_date) as scored_date,
        tickets.hours_to_close,
        tickets.csat_score,
        tickets.nps_score,
        min(versions._export_date) as opened_export_date,
        min(case when versions.closed_at = tickets.closed_at then versions._export_date end) as closed_export_date,
        min(case when versions.csat_score = tickets.csat_score then versions._export_date end) as csat_export_date,
        min(case when versions.nps_score = tickets.nps_score then versions._export_date end) as nps_export_date
    from {{ ref('fct_support_tickets') }} as tickets
    inner join {{ source('raw', 'support_tickets') }} as versions
        on
            tickets.organization_id = versions.organization_id
            and tickets.ticket_id = versions.ticket_id
            and tickets.customer_id = versions.customer_id
            and tickets.opened_at = versions.opened_at
            and tickets._export_date >= versions._export_date
    inner join {{ ref('as_of_dates') }} as as_of
        on
            versions.organization_id = as_of.organization_id
            and versions._load_id <= as_of.through_load_id
    {%- if is_incremental() %}
    inner join changed
        on
            tickets.organization_id = changed.organization_id
            and tickets.ticket_id = changed.ticket_id
    {%- endif %}
    group by
        tickets.organization_id,
        tickets.ticket_id,
        tickets.customer_type,
        tickets.customer_id,
        tickets.opened_date,
        tickets.closed_date,
        tickets.hours_to_close,
        tickets.csat_score,
        tickets.nps_score

),

final as (

    select
        told.organization_id,
        told.ticket_id,
        told.customer_type,
        told.customer_id,
        told.opened_date,
        told.closed_date,
        told.scored_date,
        told.hours_to_close,
        told.csat_score,
        told.nps_score,
        {{ known_from('told.opened_date', 'told.opened_export_date', 'firsts.first_export_date') }}
            as opened_known_from,
        {{ known_from('told.closed_date', 'told.closed_export_date', 'firsts.first_export_date') }}
            as closed_known_from,
        {{ known_from('told.scored_date', 'told.csat_export_date', 'firsts.first_export_date') }} as csat_known_from,
        {{ known_from('told.scored_date', 'told.nps_export_date', 'firsts.first_export_date') }} as nps_known_from
    from told
    inner join first_deliveries as firsts
        on
            told.organization_id = firsts.organization_id
            and firsts.export = 'support_tickets'
    {%- if is_incremental() %}

    union all

    {{ tombstones('changed', ['organization_id', 'ticket_id']) }}
    {%- endif %}

)

select * from final
