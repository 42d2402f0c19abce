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
        meta={'stands': 'customer_id', 'upstream': ['customer_features', 'customer_tiers']}
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set rule = var('satisfaction') -%}
{% set dimensions = ['service_speed', 'resolution', 'sentiment', 'survey', 'loyalty'] -%}
{% set scored_by = {'sentiment': 12} -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_cutoffs as (

    {{ changed_cutoffs(scored_by=scored_by) }}

),

-- a trend looks back from a cutoff to the month end six months before it
written_cutoffs as (

    select
        organization_id,
        cutoff
    from changed_cutoffs

    union

    select
        changed_cutoffs.organization_id,
        least({{ month_end(month_index('changed_cutoffs.cutoff') ~ ' + 6') }}, build_window.as_of_date) as cutoff
    from changed_cutoffs
    inner join build_window
        on changed_cutoffs.organization_id = build_window.organization_id
    where {{ month_index('changed_cutoffs.cutoff') }} + 6 <= {{ month_index('build_window.as_of_date') }}

),

read_cutoffs as (

    select
        organization_id,
        cutoff
    from written_cutoffs

    union

    select
        organization_id,
        {{ month_end(month_index('cutoff') ~ ' - 6') }} as cutoff
    from written_cutoffs

),

{% endif -%}
features as (

    select
        features.*,
        {{ month_index('features.cutoff') }} as month_number,
        -- tickets that were closed before they were opened take no time, and are not open in between
        greatest(features.tickets_365d, features.tickets_open) as ticket_count,
        greatest(features.tickets_open, 0) as open_count,
        case
            when features.ticket_hours_to_close_365d < 0 then 0
            else features.ticket_hours_to_close_365d
        end as hours_to_close,
        25 * (features.csat_mean_365d - 1) as csat_percent,
        case
            when features.nps_last_date > {{ plus_days('features.cutoff', -365) }} then 10.0 * features.nps_last
        end as nps_percent
    from {{ ref('customer_features') }} as features
    {%- if is_incremental() %}
    inner join read_cutoffs
        on
            features.organization_id = read_cutoffs.organization_id
            and features.cutoff = read_cutoffs.cutoff
    {%- endif %}

),

tiers as (

    select * from {{ ref('customer_tiers') }}

),

cutoffs as (

    select distinct
        organization_id,
        cutoff
    from features

),

-- what was read in a ticket, from one score to the next
readings as (

    select
        organization_id,
        ticket_id,
        sentiment_score,
        scored_as_of as read_from,
        lead(scored_as_of) over (partition by organization_id, ticket_id order by scored_as_of) as read_until
    from {{ ref('ticket_scores') }}

),

sentiments as (

    select
        tickets.{{ customer | join(',\n        tickets.') }},
        cutoffs.cutoff,
        {{ ratio('sum(' ~ exact('readings.sentiment_score') ~ ')', 'count(readings.sentiment_score)') }} as mean_score
    from cutoffs
    inner join {{ ref('int_known_tickets') }} as tickets
        on
            cutoffs.organization_id = tickets.organization_id
            and cutoffs.cutoff >= tickets.opened_date
            and cutoffs.cutoff >= tickets.opened_known_from
            and {{ plus_days('cutoffs.cutoff', -365) }} < tickets.opened_date
    inner join readings
        on
            tickets.organization_id = readings.organization_id
            and tickets.ticket_id = readings.ticket_id
            and cutoffs.cutoff >= readings.read_from
            and (readings.read_until is null or cutoffs.cutoff < readings.read_until)
    group by tickets.{{ customer | join(', tickets.') }}, cutoffs.cutoff

),

dimensions as (

    select
        features.{{ customer | join(',\n        features.') }},
        features.cutoff as as_of_date,
        features.month_number,
        features.is_current,
        100 * {{ ratio(rule.speed_half_hours, rule.speed_half_hours ~ ' + features.hours_to_close') }}
            as service_speed_score,
        100
        * {{ ratio('features.ticket_count - features.open_count', 'features.ticket_count') }}
            as resolution_score,
        50 * (1 + sentiments.mean_score) as sentiment_score,
        cast(
            (
                coalesce(features.csat_percent, features.nps_percent)
                + coalesce(features.nps_percent, features.csat_percent)
            ) / 2 as double precision
        ) as survey_score,
        cast(12.5 * (tiers.recency_score + tiers.frequency_score - 2) as double precision) as loyalty_score
    from features
    inner join tiers
        on
            {{ same_key('features', 'tiers', customer) }}
            and features.cutoff = tiers.as_of_date
    left join sentiments
        on
            {{ same_key('features', 'sentiments', customer) }}
            and features.cutoff = sentiments.cutoff

),

weighted as (

    select
        *,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}coalesce({{ rule.weights[dimension] }} * {{ dimension }}_score, 0)
        {% endfor -%} as score_sum,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}case
            when {{ dimension }}_score is null then 0
            else {{ rule.weights[dimension] }}
        end
        {% endfor -%} as known_weight
    from dimensions

),

-- A trend compares the same dimensions: those known both now and six months before.
compared as (

    select
        now.*,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}coalesce(
            {{ rule.weights[dimension] }} * (now.{{ dimension }}_score - earlier.{{ dimension }}_score), 0
        )
        {% endfor -%} as change_sum,
        {% for dimension in dimensions -%}
        {{ '+ ' if not loop.first }}case
            when now.{{ dimension }}_score is null or earlier.{{ dimension }}_score is null then 0
            else {{ rule.weights[dimension] }}
        end
        {% endfor -%} as compared_weight
    from weighted as now
    left join dimensions as earlier
        on
            {{ same_key('now', 'earlier', customer) }}
            and now.month_number = earlier.month_number + 6
    {%- if is_incremental() %}
    inner join written_cutoffs
        on
            now.organization_id = written_cutoffs.organization_id
            and now.as_of_date = written_cutoffs.cutoff
    {%- endif %}

),

final as (

    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_current,
        {% for dimension in dimensions -%}
        {{ dimension }}_score,
        {% endfor -%}
        {{ ratio('score_sum', 'known_weight') }} as composite_score,
        {{ ratio('known_weight', rule.weights.values() | sum) }} as coverage,
        {{ ratio('change_sum', 'compared_weight') }} as trend_6_months
    from compared

)

{% if is_incremental() -%}
-- a cutoff that is no more comes along as a tombstone
select *
from (
    select
        organization_id,
        cutoff as as_of_date
    from written_cutoffs
) as written
left join final using (organization_id, as_of_date)
{%- else -%}
select * from final
{%- endif %}
