{{ config(indexes=btree([['organization_id', 'segment_id', 'calendar_date']])) }}

{% set grain = ['organization_id', 'segment_id', 'calendar_date'] -%}

with members as (

    select * from {{ ref('customer_named_segments') }}

),

spans as (

    select
        organization_id,
        min(assigned_date) as first_date
    from members
    group by organization_id

),

days as (

    select
        dates.organization_id,
        segments.segment_id,
        dates.calendar_date
    from {{ ref('dim_date') }} as dates
    inner join {{ ref('as_of_dates') }} as as_of
        on
            dates.organization_id = as_of.organization_id
            and dates.calendar_date <= as_of.as_of_date
    inner join spans
        on
            dates.organization_id = spans.organization_id
            and dates.calendar_date >= spans.first_date
    inner join {{ ref('dim_segment') }} as segments
        on dates.organization_id = segments.organization_id

),

moves as (

    select
        organization_id,
        segment_id,
        calendar_date,
        sum(joined) as joined,
        sum(departed) as departed
    from (
        select
            organization_id,
            segment_id,
            assigned_date as calendar_date,
            1 as joined,
            0 as departed
        from members

        union all

        select
            organization_id,
            segment_id,
            removed_date as calendar_date,
            0 as joined,
            1 as departed
        from members
        where removed_date is not null
    ) as moved
    group by organization_id, segment_id, calendar_date

),

interactions as (

    select
        members.organization_id,
        members.segment_id,
        interactions.interaction_date as calendar_date,
        count(*) as interactions,
        count(distinct interactions.customer_type || interactions.customer_id) as customers_in_touch
    from {{ ref('fct_interactions') }} as interactions
    inner join members
        on
            {{ same_key('interactions', 'members', ['organization_id', 'customer_type', 'customer_id']) }}
            and interactions.interaction_date >= members.assigned_date
            and (members.removed_date is null or interactions.interaction_date < members.removed_date)
    group by members.organization_id, members.segment_id, interactions.interaction_date

),

final as (

    select
        days.{{ grain | join(',\n        days.') }},
        cast(sum(coalesce(moves.joined, 0) - coalesce(moves.departed, 0)) over (
            partition by days.organization_id, days.segment_id
            order by days.calendar_date
        ) as bigint) as customer_count,
        cast(coalesce(moves.joined, 0) as bigint) as customers_joined,
        cast(coalesce(moves.departed, 0) as bigint) as customers_left,
        coalesce(interactions.interactions, 0) as interactions,
        coalesce(interactions.customers_in_touch, 0) as customers_in_touch
    from days
    left join moves
        on {{ same_key('days', 'moves', grain) }}
    left join interactions
        on {{ same_key('days', 'interactions', grain) }}

)

select * from final
