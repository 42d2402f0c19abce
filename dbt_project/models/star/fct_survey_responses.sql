-- depends_on: {{ ref('as_of_dates') }}, {{ ref('newest_snapshots') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'response_id'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'response_id'],
            ['organization_id', 'customer_type', 'customer_id', 'responded_date']
        ]),
        meta={
            'stands': '_export_date',
            'export': 'survey_responses',
            'touches': {'touched_customers': {'customer_type': 'customer_type', 'customer_id': 'customer_id'}}
        }
    )
}}

with responses as (

    {% if is_incremental() -%}
    {{ changed_versions('survey_responses', ['response_id']) }}
    {%- else -%}
    select * from {{ ref('stg_survey_responses') }}
    {%- endif %}

),

organizations as (

    select * from {{ source('raw', 'organizations') }}

),

final as (

    select
        responses.organization_id,
        responses.response_id,
        'member' as customer_type,
        responses.member_id as customer_id,
        responses.survey_name,
        responses.question,
        responses.response,
        case
            when {{ matches('responses.response', "'^ *-?[0-9]{1,9}([.][0-9]{1,4})? *$'") }}
                then cast(trim(responses.response) as numeric(18, 4))
        end as response_number,
        responses.responded_at,
        {{ local_date('responses.responded_at', 'organizations.time_zone') }} as responded_date,
        responses._export_date,
        responses._file,
        responses._line
    from responses
    inner join organizations
        on responses.organization_id = organizations.organization_id

)

select * from final
