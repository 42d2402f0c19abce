-- depends_on: {{ ref('as_of_dates') }}, {{ ref('customer_features') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'as_of_date'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'as_of_date', 'segment_type', 'segment_id']]),
        meta={'stands': 'segment_id', 'upstream': ['customer_tiers', 'customer_named_segments']}
    )
}}

{% set day = ['organization_id', 'as_of_date'] -%}
{% set segment = day + ['segment_type', 'segment_id'] -%}
{% set tier_types = ['rfm_class', 'volume_tier', 'profitability_tier'] -%}
{% set sums = [
    'buyer_count', 'recency_days', 'transactions_365d', 'revenue_365d', 'gross_margin_365d', 'total_gross_margin'
] -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_cutoffs as (

    {{ changed_cutoffs(with_rhythms=true) }}

),

{% endif -%}
organizations as (

    select * from {{ ref('dim_organization') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

tiers as (

    select
        tiers.*,
        case when tiers.recency_days is null then 0 else 1 end as buyer_count
    from {{ ref('customer_tiers') }} as tiers
    {%- if is_incremental() %}
    inner join changed_cutoffs
        on
            tiers.organization_id = changed_cutoffs.organization_id
            and tiers.as_of_date = changed_cutoffs.cutoff
    where tiers.as_of_date >= {{ first_changed_cutoff(with_rhythms=true) }}
    {%- endif %}

),

-- few rows from which each kind of tier is summed up in turn
by_tiers as (

    select
        {{ day | join(',\n        ') }},
        is_current,
        {{ tier_types | join(',\n        ') }},
        {% for sum in sums -%}
        sum({{ sum }}) as {{ sum }},
        {% endfor -%}
        count(*) as member_count
    from tiers
    group by {{ day | join(', ') }}, is_current, {{ tier_types | join(', ') }}

),

-- every customer of a day, once
days as (

    select
        {{ day | join(',\n        ') }},
        is_current,
        sum(member_count) as customer_count,
        sum(revenue_365d) as revenue_365d
    from by_tiers
    group by {{ day | join(', ') }}, is_current

),

totals as (

    {% for tier_type in tier_types -%}
    select
        {{ day | join(',\n        ') }},
        '{{ tier_type }}' as segment_type,
        {{ tier_type }} as segment_id,
        {% for sum in sums -%}
        sum({{ sum }}) as {{ sum }},
        {% endfor -%}
        sum(member_count) as member_count
    from by_tiers
    group by {{ day | join(', ') }}, {{ tier_type }}

    union all

    {% endfor -%}
    select
        tiers.{{ day | join(',\n        tiers.') }},
        'named' as segment_type,
        named.segment_id,
        {% for sum in sums -%}
        sum(tiers.{{ sum }}) as {{ sum }},
        {% endfor -%}
        count(*) as member_count
    from tiers
    inner join {{ ref('customer_named_segments') }} as named
        on
            {{ same_key('tiers', 'named', ['organization_id', 'customer_type', 'customer_id']) }}
            and tiers.as_of_date >= named.assigned_date
            and (named.removed_date is null or tiers.as_of_date < named.removed_date)
    group by tiers.{{ day | join(', tiers.') }}, named.segment_id

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
        cast(coalesce(totals.member_count, 0) as bigint) as member_count,
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

{% if is_incremental() -%}
-- a cutoff that is no more comes along as a tombstone
select *
from (
    select
        organization_id,
        cutoff as as_of_date
    from changed_cutoffs
) as written
left join final using (organization_id, as_of_date)
{%- else -%}
select * from final
{%- endif %}
