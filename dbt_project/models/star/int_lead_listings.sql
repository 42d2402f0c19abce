-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'lead_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'lead_id']]),
        meta={'stands': '_export_date'}
    )
}}

with listings as (

    {% if is_incremental() -%}
    {{ changed_versions('leads', ['lead_id'], keeps_unlisted=true) }}
    {%- else -%}
    {{ latest_versions('leads', ['lead_id'], keeps_unlisted=true) }}
    {%- endif %}

),

final as (

    select
        {{ model.columns.keys() | join(',\n        ') }}
    from listings

)

select * from final
