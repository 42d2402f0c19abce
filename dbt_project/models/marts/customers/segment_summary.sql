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
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set tier_types = ['rfm_class', 'volume_tier', 'profitability_tier'] -%}
{% set scored_types = ['segment_id', 'cluster_id'] -%}
{% set sums = [
    'buyer_count', 'recency_days', 'transactions_365d', 'revenue_365d', 'gross_margin_365d', 'total_gross_margin',
    'forecast_count', 'lifetime_value'
] -%}
{% set scored_by = {'segmentation': 0, 'lifetime_value': 0} -%}
{% set first_written = first_changed_cutoff(true, scored_by) if is_incremental() else none -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_cutoffs as (

    {{ changed_cutoffs(with_rhythms=true, scored_by=scored_by) }}

),

{% endif -%}
organizations as (

    select * from {{ ref('dim_organization') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

tiers as (

    select tiers.*
    from {{ ref('customer_tiers') }} as tiers
    {%- if is_incremental() %}
    inner join changed_cutoffs
        on
            tiers.organization_id = changed_cutoffs.organization_id
            and tiers.as_of_date = changed_cutoffs.cutoff
    where tiers.as_of_date >= {{ first_written }}
    {%- endif %}

),

cutoffs as (

    select distinct
        organization_id,
        as_of_date
    from tiers

),

forecast_days as (

    {{ scored_days(ref('clv_predictions'), 'cutoffs', since=first_written) }}

),

segmented_days as (

    {{ scored_days(ref('customer_segment_history'), 'cutoffs', since=first_written) }}

),

forecasts as (

    select
        predictions.{{ customer | join(',\n        predictions.') }},
        forecast_days.as_of_date,
        predictions.historic_value + predictions.expected_value as lifetime_value
    from forecast_days
    inner join {{ ref('clv_predictions') }} as predictions
        on
            forecast_days.organization_id = predictions.organization_id
            and forecast_days.scored_as_of = predictions.scored_as_of
    where
        predictions.is_champion
        and predictions.horizon = 'lifetime'

),

customers as (

    select
        tiers.*,
        case when tiers.recency_days is null then 0 else 1 end as buyer_count,
        case when forecasts.lifetime_value is null then 0 else 1 end as forecast_count,
        forecasts.lifetime_value
    from tiers
    left join forecasts
        on
            {{ same_key('tiers', 'forecasts', customer) }}
            and tiers.as_of_date = forecasts.as_of_date

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
    from customers
    group by {{ day | join(', ') }}, is_current, {{ tier_types | join(', ') }}

),

by_scores as (

    select
        customers.{{ day | join(',\n        customers.') }},
        history.{{ scored_types | join(',\n        history.') }},
        {% for sum in sums -%}
        sum(customers.{{ sum }}) as {{ sum }},
        {% endfor -%}
        count(*) as member_count
    from customers
    inner join segmented_days
        on {{ same_key('customers', 'segmented_days', day) }}
    inner join {{ ref('customer_segment_history') }} as history
        on
            {{ same_key('customers', 'history', customer) }}
            and segmented_days.scored_as_of = history.scored_as_of
    group by customers.{{ day | join(', customers.') }}, history.{{ scored_types | join(', history.') }}

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
        customers.{{ day | join(',\n        customers.') }},
        'named' as segment_type,
        named.segment_id,
        {% for sum in sums -%}
        sum(customers.{{ sum }}) as {{ sum }},
        {% endfor -%}
        count(*) as member_count
    from customers
    inner join {{ ref('customer_named_segments') }} as named
        on
            {{ same_key('customers', 'named', customer) }}
            and customers.as_of_date >= named.assigned_date
            and (named.removed_date is null or customers.as_of_date < named.removed_date)
    group by customers.{{ day | join(', customers.') }}, named.segment_id
    {%- for scored_type in scored_types %}

    union all

    select
        {{ day | join(',\n        ') }},
        '{{ scored_type }}' as segment_type,
        cast({{ scored_type }} as {{ dbt.type_string() }}) as segment_id,
        {% for sum in sums -%}
        sum({{ sum }}) as {{ sum }},
        {% endfor -%}
        sum(member_count) as member_count
    from by_scores
    where {{ scored_type }} is not null
    group by {{ day | join(', ') }}, {{ scored_type }}
    {%- endfor %}

),

-- segments by rules without members too; those that scoring tells of where it told
listed as (

    select
        days.*,
        segments.segment_type,
        segments.segment_id,
        segments.display_name,
        segments.description,
        segments.display_order
    from days
    inner join segments
        on days.organization_id = segments.organization_id
    left join segmented_days
        on {{ same_key('days', 'segmented_days', day) }}
    where
        segments.segment_type <> 'segment_id'
        or segmented_days.scored_as_of is not null

    union all

    select
        days.*,
        'cluster_id' as segment_type,
        cast(personas.cluster_id as {{ dbt.type_string() }}) as segment_id,
        personas.persona as display_name,
        personas.description,
        personas.cluster_id as display_order
    from days
    inner join segmented_days
        on {{ same_key('days', 'segmented_days', day) }}
    inner join {{ ref('customer_personas') }} as personas
        on
            segmented_days.organization_id = personas.organization_id
            and segmented_days.scored_as_of = personas.scored_as_of

),

final as (

    select
        listed.organization_id,
        listed.as_of_date,
        listed.is_current,
        listed.segment_type,
        listed.segment_id,
        listed.display_name,
        listed.description,
        listed.display_order,
        organizations.currency,
        cast(coalesce(totals.member_count, 0) as bigint) as member_count,
        100 * {{ ratio('coalesce(totals.member_count, 0)', 'listed.customer_count') }} as member_share_percent,
        {{ divide_money('totals.total_gross_margin', 'totals.member_count') }} as average_gross_margin,
        {{ divide_money('totals.lifetime_value', 'totals.forecast_count') }} as average_ltv,
        cast(coalesce(totals.revenue_365d, 0) as numeric(18, 2)) as revenue_365d,
        case
            when listed.revenue_365d > 0
                then 100 * {{ ratio('coalesce(totals.revenue_365d, 0)', 'listed.revenue_365d') }}
        end as revenue_share_percent,
        cast(coalesce(totals.gross_margin_365d, 0) as numeric(18, 2)) as gross_margin_365d,
        case
            when totals.revenue_365d > 0 then 100 * {{ ratio('totals.gross_margin_365d', 'totals.revenue_365d') }}
        end as gross_margin_percent,
        {{ ratio('totals.recency_days', 'totals.buyer_count') }} as average_recency_days,
        {{ ratio('totals.transactions_365d', 'totals.member_count') }} as average_transactions_365d
    from listed
    inner join organizations
        on listed.organization_id = organizations.organization_id
    left join totals
        on {{ same_key('listed', 'totals', day + ['segment_type', 'segment_id']) }}

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
