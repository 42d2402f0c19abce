-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'as_of_date'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'customer_type', 'customer_id', 'as_of_date'],
            ['organization_id', 'as_of_date']
        ]),
        meta={'stands': 'customer_id', 'upstream': ['customer_features']}
    )
}}

{% set rule = var('tiers') -%}

-- All customers of a cutoff are written together, for a score is a place among them. A cutoff that is no more comes
-- along as a tombstone.

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_cutoffs as (

    {{ changed_cutoffs() }}

),

{% endif -%}
features as (

    select
        organization_id,
        customer_type,
        customer_id,
        cutoff as as_of_date,
        is_current,
        recency_days,
        repeat_count,
        transactions_365d,
        revenue_365d,
        margin_365d as gross_margin_365d,
        total_revenue,
        total_gross_margin,
        recency_days is not null as has_bought,
        greatest(revenue_365d, 0) as positive_revenue
    {%- if is_incremental() %}
    from changed_cutoffs
    left join (

        select * from {{ ref('customer_features') }}
        where cutoff >= {{ first_changed_cutoff() }}

    ) as features using (organization_id, cutoff)
    {%- else %}
    from {{ ref('customer_features') }}
    {%- endif %}

),

-- A place is twice the number of those below plus those alike: who are alike share the middle of their places.
placed as (

    select
        *,
        rank() over by_recency - 1 + count(*) over by_recency as recency_place,
        rank() over by_frequency - 1 + count(*) over by_frequency as frequency_place,
        rank() over by_revenue - 1 + count(*) over by_revenue as monetary_place,
        count(*) over of_day as customer_count,
        sum(positive_revenue) over of_day as day_positive_revenue,
        sum(positive_revenue) over of_day - sum(positive_revenue) over by_revenue as revenue_of_larger,
        {{ ratio('sum(gross_margin_365d) over of_day', 'sum(revenue_365d) over of_day') }} as usual_margin,
        {{ ratio('gross_margin_365d', 'revenue_365d') }} as margin
    from features
    window
        of_day as (partition by organization_id, as_of_date, has_bought),
        by_recency as (partition by organization_id, as_of_date, has_bought order by recency_days desc),
        by_frequency as (partition by organization_id, as_of_date, has_bought order by transactions_365d),
        by_revenue as (partition by organization_id, as_of_date, has_bought order by revenue_365d)

),

scored as (

    select
        *,
        cast(
            case when has_bought then 1 + floor({{ ratio('5 * recency_place', '2 * customer_count') }}) end as integer
        ) as recency_score,
        cast(
            case when has_bought then 1 + floor({{ ratio('5 * frequency_place', '2 * customer_count') }}) end as integer
        ) as frequency_score,
        cast(
            case when has_bought then 1 + floor({{ ratio('5 * monetary_place', '2 * customer_count') }}) end as integer
        ) as monetary_score
    from placed

),

final as (

    select
        organization_id,
        customer_type,
        customer_id,
        as_of_date,
        is_current,
        recency_days,
        transactions_365d,
        revenue_365d,
        gross_margin_365d,
        total_revenue,
        total_gross_margin,
        recency_score,
        frequency_score,
        monetary_score,
        case
            when not has_bought then 'never_bought'
            when recency_score >= 4 and repeat_count = 0 then 'new_customer'
            when recency_score >= 4 and frequency_score + monetary_score >= 8 then 'champion'
            when recency_score >= 3 and frequency_score + monetary_score >= 7 then 'loyal'
            when recency_score >= 4 then 'potential_loyalist'
            when recency_score = 3 and frequency_score + monetary_score >= 5 then 'needs_attention'
            when recency_score = 3 then 'about_to_sleep'
            when recency_score = 1 and frequency_score + monetary_score >= 8 then 'cannot_lose'
            when frequency_score + monetary_score >= 6 then 'at_risk'
            when recency_score = 2 then 'hibernating'
            else 'lost'
        end as rfm_class,
        case
            when transactions_365d = 0 then 'none'
            when revenue_of_larger * 100 < {{ rule.volume_high_percent }} * day_positive_revenue then 'high'
            when revenue_of_larger * 100 < {{ rule.volume_medium_percent }} * day_positive_revenue then 'medium'
            else 'low'
        end as volume_tier,
        case
            when transactions_365d = 0 then 'none'
            when gross_margin_365d <= 0 then 'unprofitable'
            when margin >= {{ rule.profitability_high_times }} * usual_margin then 'high'
            when margin < {{ rule.profitability_low_times }} * usual_margin then 'low'
            else 'medium'
        end as profitability_tier
    from scored

)

select * from final
