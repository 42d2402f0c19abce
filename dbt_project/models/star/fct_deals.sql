-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'deal_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'deal_id'],
            ['organization_id', 'lead_id', 'created_at']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'deals',
            'touches': {'touched_leads': {'lead_id': 'lead_id'}}
        }
    )
}}

with deals as (

    {% if is_incremental() -%}
    {{ changed_versions('deals', ['deal_id']) }}
    {%- else -%}
    select * from {{ ref('stg_deals') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        deals.organization_id,
        deals.deal_id,
        deals.lead_id,
        coalesce(deals.campaign_id, 'unknown') as campaign_id,
        deals.deal_value,
        organizations.currency,
        deals.deal_stage,
        deals.close_probability,
        deals.deal_stage = 'won' as is_won,
        deals.created_at,
        {{ local_date('deals.created_at', 'organizations.time_zone') }} as created_date,
        deals.closed_at,
        {{ local_date('deals.closed_at', 'organizations.time_zone') }} as closed_date,
        deals._export_date,
        deals._file,
        deals._line
    from deals
    inner join organizations
        on deals.organization_id = organizations.organization_id

)

select * from final
