{{ config(materialized='table', indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

with history as (

    select * from {{ ref('customer_segment_history') }}

),

personas as (

    select * from {{ ref('customer_personas') }}
    where is_current

),

current_segments as (

    select * from history
    where is_current

),

-- the last day on record in another segment
left_segments as (

    select
        earlier.{{ customer | join(',\n        earlier.') }},
        max(earlier.scored_as_of) as last_day
    from history as earlier
    inner join current_segments
        on
            {{ same_key('earlier', 'current_segments', customer) }}
            and earlier.segment_id <> current_segments.segment_id
    group by earlier.{{ customer | join(', earlier.') }}

),

entered as (

    select
        history.{{ customer | join(',\n        history.') }},
        min(history.scored_as_of) as segment_since
    from history
    left join left_segments
        on {{ same_key('history', 'left_segments', customer) }}
    where left_segments.last_day is null or history.scored_as_of > left_segments.last_day
    group by history.{{ customer | join(', history.') }}

),

final as (

    select
        current_segments.{{ customer | join(',\n        current_segments.') }},
        current_segments.scored_as_of,
        current_segments.recency_score,
        current_segments.frequency_score,
        current_segments.monetary_score,
        current_segments.rfm_class,
        current_segments.volume_tier,
        current_segments.profitability_tier,
        current_segments.cluster_id,
        personas.persona,
        personas.description as persona_description,
        current_segments.segment_id,
        previous.segment_id as previous_segment_id,
        entered.segment_since,
        current_segments.model_name,
        current_segments.model_version,
        current_segments.trained_as_of
    from current_segments
    inner join entered
        on {{ same_key('current_segments', 'entered', customer) }}
    left join left_segments
        on {{ same_key('current_segments', 'left_segments', customer) }}
    left join history as previous
        on
            {{ same_key('left_segments', 'previous', customer) }}
            and left_segments.last_day = previous.scored_as_of
    left join personas
        on
            current_segments.organization_id = personas.organization_id
            and current_segments.cluster_id = personas.cluster_id

)

select * from final
