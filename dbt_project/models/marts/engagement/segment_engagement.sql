{% set types = ['calls', 'emails', 'meetings', 'support_tickets', 'complaints', 'feedbacks'] -%}

with members as (

    select * from {{ ref('customer_named_segments') }}
    where is_active

),

interactions as (

    select * from {{ ref('customer_interactions') }}

),

totals as (

    select
        members.organization_id,
        members.segment_id,
        count(*) as customer_count,
        count(case when interactions.total_interactions > 0 then 1 end) as customers_in_touch,
        sum(interactions.total_interactions) as total_interactions,
        {% for type in types -%}
        sum(interactions.{{ type }}) as {{ type }},
        {% endfor -%}
        max(interactions.last_interaction_date) as last_interaction_date
    from members
    inner join interactions
        on {{ same_key('members', 'interactions', ['organization_id', 'customer_type', 'customer_id']) }}
    group by members.organization_id, members.segment_id

),

final as (

    select
        segments.organization_id,
        segments.segment_id,
        segments.display_name,
        organizations.as_of_date,
        coalesce(totals.customer_count, 0) as customer_count,
        coalesce(totals.customers_in_touch, 0) as customers_in_touch,
        cast(coalesce(totals.total_interactions, 0) as bigint) as total_interactions,
        {{ ratio('totals.total_interactions', 'totals.customer_count') }} as avg_interactions_per_customer,
        {% for type in types -%}
        cast(coalesce(totals.{{ type }}, 0) as bigint) as {{ type }},
        {% endfor -%}
        totals.last_interaction_date
    from {{ ref('dim_segment') }} as segments
    inner join {{ ref('dim_organization') }} as organizations
        on segments.organization_id = organizations.organization_id
    left join totals
        on
            segments.organization_id = totals.organization_id
            and segments.segment_id = totals.segment_id

)

select * from final
