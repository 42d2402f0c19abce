-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'campaign_id', 'channel', 'cost_date'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'campaign_id', 'channel', 'cost_date']]),
        meta={'stands': '_export_date', 'export': 'channel_costs'}
    )
}}

with costs as (

    {% if is_incremental() -%}
    {{ changed_versions('channel_costs', ['campaign_id', 'channel', 'cost_date']) }}
    {%- else -%}
    select * from {{ ref('stg_channel_costs') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        costs.organization_id,
        costs.campaign_id,
        costs.channel,
        costs.cost_date,
        costs.cost,
        organizations.currency,
        costs._export_date,
        costs._file,
        costs._line
    from costs
    inner join organizations
        on costs.organization_id = organizations.organization_id

)

select * from final
