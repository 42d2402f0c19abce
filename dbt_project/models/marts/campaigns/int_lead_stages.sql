-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'lead_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'lead_id']]),
        meta={'stands': 'first_listed_date', 'in_order': ['leads']}
    )
}}

{% set dates = ['first_listed_date', 'engaged_date', 'replied_date', 'converted_date'] -%}

-- How far each lead had come by which list: the first that shows it. A status says that all before it were passed; lost
-- says nothing of how far the lead had come.

with build_window as (

    {{ build_window() }}

),

new_listings as (

    {{ new_rows('leads') }}

),

listings as (

    select
        organization_id,
        lead_id,
        status,
        _export_date,
        row_number() over (
            partition by organization_id, lead_id, _export_date
            order by {{ binary('_file') }} desc, _line desc
        ) as listing_rank
    from new_listings

),

newly_listed as (

    select
        organization_id,
        lead_id,
        min(_export_date) as first_listed_date,
        min(case when status in ('engaged', 'replied', 'converted') then _export_date end) as engaged_date,
        min(case when status in ('replied', 'converted') then _export_date end) as replied_date,
        min(case when status = 'converted' then _export_date end) as converted_date
    from listings
    where listing_rank = 1
    group by organization_id, lead_id

),

final as (

    {%- if is_incremental() %}

    select
        newly_listed.organization_id,
        newly_listed.lead_id
        {%- for date in dates %},
        least(newly_listed.{{ date }}, standing.{{ date }}) as {{ date }}
        {%- endfor %}
    from newly_listed
    left join (

        select before.*
        from {{ this }} as before
        inner join build_window
            on before.organization_id = build_window.organization_id
        where not build_window.is_rebuild

    ) as standing
        on {{ same_key('newly_listed', 'standing', ['organization_id', 'lead_id']) }}
    where
        {%- for date in dates %}
        {{ 'or ' if not loop.first }}least(newly_listed.{{ date }}, standing.{{ date }}) is distinct from standing.{{ date }}
        {%- endfor %}
    {%- else %}

    select * from newly_listed
    {%- endif %}

)

select * from final
