{% set day = ['organization_id', 'as_of_date'] -%}
{% set segment = day + ['segment_type', 'segment_id'] -%}

with members as (

    select * from {{ ref('int_segment_members') }}

),

organizations as (

    select * from {{ ref('dim_organization') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- every customer of a day, once
days as (

    select
        {{ day | join(',\n        ') }},
        is_current,
        count(*) as customer_count,
        sum(revenue_365d) as revenue_365d
    from {{ ref('customer_tiers') }}
    group by {{ day | join(', ') }}, is_current

),

totals as (

    select
        {{ segment | join(',\n        ') }},
        count(*) as member_count,
        count(recency_days) as buyer_count,
        sum(recency_days) as recency_days,
        sum(transactions_365d) as transactions_365d,
        sum(revenue_365d) as revenue_365d,
        sum(gross_margin_365d) as gross_margin_365d,
        sum(total_gross_margin) as total_gross_margin
    from members
    group by {{ segment | join(', ') }}

),

final as (

    select
        days.organization_id,
        days.as_of_date,
        days.is_current,
        segments.segment_type,
        segments.segment_id,
        segments.display_name,
        segments.description,
        segments.display_order,
        organizations.currency,
        coalesce(totals.member_count, 0) as member_count,
        100 * {{ ratio('coalesce(totals.member_count, 0)', 'days.customer_count') }} as member_share_percent,
        {{ divide_money('totals.total_gross_margin', 'totals.member_count') }} as average_ltv,
        cast(coalesce(totals.revenue_365d, 0) as numeric(18, 2)) as revenue_365d,
        case
            when days.revenue_365d > 0 then 100 * {{ ratio('coalesce(totals.revenue_365d, 0)', 'days.revenue_365d') }}
        end as revenue_share_percent,
        cast(coalesce(totals.gross_margin_365d, 0) as numeric(18, 2)) as gross_margin_365d,
        case
            when totals.revenue_365d > 0 then 100 * {{ ratio('totals.gross_margin_365d', 'totals.revenue_365d') }}
        end as gross_margin_percent,
        {{ ratio('totals.recency_days', 'totals.buyer_count') }} as average_recency_days,
        {{ ratio('totals.transactions_365d', 'totals.member_count') }} as average_transactions_365d
    from days
    inner join segments
        on days.organization_id = segments.organization_id
    inner join organizations
        on days.organization_id = organizations.organization_id
    left join totals
        on
            days.organization_id = totals.organization_id
            and days.as_of_date = totals.as_of_date
            and segments.segment_type = totals.segment_type
            and segments.segment_id = totals.segment_id

)

select * from final
