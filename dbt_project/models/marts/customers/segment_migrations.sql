-- depends_on: {{ ref('as_of_dates') }}, {{ ref('customer_features') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'month_start'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'month_start', 'segment_type', 'from_segment_id', 'to_segment_id']]),
        meta={'stands': 'segment_type', 'upstream': ['customer_tiers', 'customer_named_segments']}
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set kinds = {
    'ruled': ['rfm_class', 'volume_tier', 'profitability_tier', 'named_bits'],
    'scored': ['segment_id', 'cluster_id'],
} -%}
{% set scored_by = {'segmentation': 0} -%}
{% set first_read = plus_days(first_changed_cutoff(true, scored_by), -62) if is_incremental() else none -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

changed_cutoffs as (

    {{ changed_cutoffs(with_rhythms=true, scored_by=scored_by) }}

),

-- who is elsewhere at a month's end has moved in that month, and from there in the next
written_months as (

    select distinct
        changed_cutoffs.organization_id,
        {{ month_index('changed_cutoffs.cutoff') }} + later.months as month_number
    from changed_cutoffs
    cross join (
        select {{ whole_numbers(0, 1) }} as months
    ) as later

),

{% endif -%}
organizations as (

    select * from {{ ref('dim_organization') }}

),

-- a segment of which one can be a member or not has a bit
named_segments as (

    select
        *,
        cast(power(2, display_order - 1) as integer) as bit
    from {{ ref('dim_segment') }}

),

tiers as (

    select * from {{ ref('customer_tiers') }}
    {%- if is_incremental() %}
    where as_of_date >= {{ first_read }}
    {%- endif %}

),

memberships as (

    select
        tiers.{{ customer | join(',\n        tiers.') }},
        tiers.as_of_date,
        sum(named_segments.bit) as named_bits
    from tiers
    inner join {{ ref('customer_named_segments') }} as members
        on
            {{ same_key('tiers', 'members', customer) }}
            and tiers.as_of_date >= members.assigned_date
            and (members.removed_date is null or tiers.as_of_date < members.removed_date)
    inner join named_segments
        on
            members.organization_id = named_segments.organization_id
            and members.segment_id = named_segments.segment_id
    group by tiers.{{ customer | join(', tiers.') }}, tiers.as_of_date

),

cutoffs as (

    select distinct
        organization_id,
        as_of_date
    from tiers

),

scored_days as (

    {{ scored_days(ref('customer_segment_history'), 'cutoffs', since=first_read) }}

),

personas as (

    select * from {{ ref('customer_personas') }}

),

ruled as (

    select
        tiers.{{ customer | join(',\n        tiers.') }},
        tiers.as_of_date,
        {{ month_index('tiers.as_of_date') }} as month_number,
        tiers.rfm_class,
        tiers.volume_tier,
        tiers.profitability_tier,
        cast(coalesce(memberships.named_bits, 0) as integer) as named_bits
    from tiers
    left join memberships
        on
            {{ same_key('tiers', 'memberships', customer) }}
            and tiers.as_of_date = memberships.as_of_date

),

scored as (

    select
        history.{{ customer | join(',\n        history.') }},
        history.scored_as_of as as_of_date,
        {{ month_index('history.scored_as_of') }} as month_number,
        history.segment_id,
        coalesce(cast(history.cluster_id as {{ dbt.type_string() }}), 'none') as cluster_id
    from scored_days
    inner join {{ ref('customer_segment_history') }} as history
        on
            scored_days.organization_id = history.organization_id
            and scored_days.scored_as_of = history.scored_as_of

),

{% for source, segment_types in kinds.items() -%}
{{ source }}_months as (

    select distinct
        organization_id,
        month_number,
        as_of_date
    from {{ source }}

),

-- few rows from which each type's matrix is summed up in turn; a first month has none before it to tell moves by
{{ source }}_moves as (

    select
        now.organization_id,
        now.month_number,
        now.as_of_date,
        months.as_of_date as from_date,
        {% for segment_type in segment_types -%}
        before.{{ segment_type }} as from_{{ segment_type }},
        now.{{ segment_type }} as to_{{ segment_type }},
        {% endfor -%}
        count(*) as customer_count
    from {{ source }} as now
    inner join {{ source }}_months as months
        on
            now.organization_id = months.organization_id
            and now.month_number = months.month_number + 1
    left join {{ source }} as before
        on
            {{ same_key('now', 'before', customer) }}
            and now.month_number = before.month_number + 1
    {%- if is_incremental() %}
    inner join written_months
        on
            now.organization_id = written_months.organization_id
            and now.month_number = written_months.month_number
    {%- endif %}
    group by
        now.organization_id, now.month_number, now.as_of_date, months.as_of_date
        {%- for segment_type in segment_types -%}
        , before.{{ segment_type }}, now.{{ segment_type }}
        {%- endfor %}

),

{% endfor -%}
named_moves as (

    select
        moves.organization_id,
        moves.month_number,
        moves.as_of_date,
        moves.from_date,
        'named_' || named_segments.segment_id as segment_type,
        case
            when moves.from_named_bits is null then 'not_known'
            when (moves.from_named_bits & named_segments.bit) > 0 then named_segments.segment_id
            else 'outside'
        end as from_segment_id,
        case
            when (moves.to_named_bits & named_segments.bit) > 0 then named_segments.segment_id
            else 'outside'
        end as to_segment_id,
        moves.customer_count
    from ruled_moves as moves
    inner join named_segments
        on moves.organization_id = named_segments.organization_id

),

counted as (

    {% for source, segment_types in kinds.items() -%}
    {% for segment_type in segment_types if segment_type != 'named_bits' -%}
    select
        organization_id,
        month_number,
        as_of_date,
        from_date,
        '{{ segment_type }}' as segment_type,
        coalesce(from_{{ segment_type }}, 'not_known') as from_segment_id,
        to_{{ segment_type }} as to_segment_id,
        sum(customer_count) as customer_count
    from {{ source }}_moves
    group by organization_id, month_number, as_of_date, from_date, from_{{ segment_type }}, to_{{ segment_type }}

    union all

    {% endfor -%}
    {% endfor -%}
    select
        organization_id,
        month_number,
        as_of_date,
        from_date,
        segment_type,
        from_segment_id,
        to_segment_id,
        sum(customer_count) as customer_count
    from named_moves
    group by organization_id, month_number, as_of_date, from_date, segment_type, from_segment_id, to_segment_id

),

names as (

    select
        organization_id,
        case when segment_type = 'named' then 'named_' || segment_id else segment_type end as segment_type,
        segment_id,
        display_name
    from {{ ref('int_segments') }}

),

final as (

    select
        counted.organization_id,
        {{ first_day_of_month('counted.month_number') }} as month_start,
        counted.segment_type,
        counted.from_segment_id,
        counted.to_segment_id,
        {% for side, day in {'from': 'from_date', 'to': 'as_of_date'}.items() -%}
        coalesce(
            {{ side }}_names.display_name,
            {{ side }}_personas.persona,
            case counted.{{ side }}_segment_id
                when 'not_known' then 'Not known before'
                when 'outside' then 'Not in it'
                when 'none' then 'None'
            end,
            counted.{{ side }}_segment_id
        ) as {{ side }}_name,
        {% endfor -%}
        counted.from_date,
        counted.as_of_date,
        counted.month_number = {{ month_index('organizations.as_of_date') }} as is_current,
        cast(counted.customer_count as bigint) as customer_count,
        100 * {{ ratio('counted.customer_count', 'sum(counted.customer_count) over from_segment') }} as share_percent
    from counted
    inner join organizations
        on counted.organization_id = organizations.organization_id
    {% for side, day in {'from': 'from_date', 'to': 'as_of_date'}.items() -%}
    left join names as {{ side }}_names
        on
            counted.organization_id = {{ side }}_names.organization_id
            and counted.segment_type = {{ side }}_names.segment_type
            and counted.{{ side }}_segment_id = {{ side }}_names.segment_id
    left join personas as {{ side }}_personas
        on
            counted.organization_id = {{ side }}_personas.organization_id
            and counted.{{ day }} = {{ side }}_personas.scored_as_of
            and counted.{{ side }}_segment_id = cast({{ side }}_personas.cluster_id as {{ dbt.type_string() }})
            and counted.segment_type = 'cluster_id'
    {% endfor -%}
    window from_segment as (
        partition by counted.organization_id, counted.month_number, counted.segment_type, counted.from_segment_id
    )

)

{% if is_incremental() -%}
-- a month that tells of no move any more comes along as a tombstone
select *
from (
    select
        organization_id,
        {{ first_day_of_month('month_number') }} as month_start
    from written_months
) as written
left join final using (organization_id, month_start)
{%- else -%}
select * from final
{%- endif %}
