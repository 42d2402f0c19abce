-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'test_id', 'unit_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'test_id', 'unit_id']]),
        meta={'stands': '_export_date', 'export': 'ab_observations'}
    )
}}

with observations as (

    {% if is_incremental() -%}
    {{ changed_versions('ab_observations', ['test_id', 'unit_id']) }}
    {%- else -%}
    select * from {{ ref('stg_ab_observations') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        observations.organization_id,
        observations.test_id,
        observations.unit_id,
        observations.group_name,
        {{ local_date('observations.assigned_at', 'organizations.time_zone') }} as assigned_date,
        observations.value,
        observations.denominator,
        observations.covariate,
        observations._export_date,
        observations._file,
        observations._line
    from observations
    inner join organizations
        on observations.organization_id = organizations.organization_id

)

select * from final
