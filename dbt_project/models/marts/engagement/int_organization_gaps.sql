{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'month_number'],
        on_schema_change='append_new_columns',
        meta={
            'stands': 'gap_median_days',
            'upstream': ['int_repeat_purchases'],
            'touches': {'touched_usual_gaps': {'month_number': 'month_number'}}
        }
    )
}}

-- The median of all gaps of all customers until the end of each month, counted rather than sorted: gaps are whole days,
-- so a month adds to a few hundred counts. Only months whose median is another one by now are
-- written.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

counts as (

    select
        organization_id,
        gap_days,
        {{ month_index('transaction_date') }} as month_number,
        count(*) as gap_count
    from {{ ref('int_repeat_purchases') }}
    group by organization_id, gap_days, {{ month_index('transaction_date') }}

),

months as (

    select distinct
        dates.organization_id,
        {{ month_index('dates.month_start') }} as month_number
    from {{ ref('dim_date') }} as dates
    inner join as_of
        on
            dates.organization_id = as_of.organization_id
            and dates.calendar_date <= as_of.as_of_date

),

lengths as (

    select
        organization_id,
        gap_days,
        min(month_number) as first_month
    from counts
    group by organization_id, gap_days

),

so_far as (

    select
        lengths.organization_id,
        lengths.gap_days,
        months.month_number,
        sum(coalesce(counts.gap_count, 0)) over (
            partition by lengths.organization_id, lengths.gap_days
            order by months.month_number
        ) as gap_count
    from lengths
    inner join months
        on
            lengths.organization_id = months.organization_id
            and lengths.first_month <= months.month_number
    left join counts
        on
            lengths.organization_id = counts.organization_id
            and lengths.gap_days = counts.gap_days
            and months.month_number = counts.month_number

),

placed as (

    select
        organization_id,
        gap_days,
        month_number,
        sum(gap_count) over (partition by organization_id, month_number order by gap_days) as last_place,
        sum(gap_count) over (partition by organization_id, month_number) as places
    from so_far

),

medians as (

    select
        organization_id,
        month_number,
        (
            min(case when 2 * last_place >= places then gap_days end)
            + min(case when 2 * last_place >= places + 1 then gap_days end)
        ) / cast(2 as double precision) as gap_median_days
    from placed
    group by organization_id, month_number

),

final as (

    {%- if is_incremental() %}

    select
        organization_id,
        month_number,
        medians.gap_median_days
    from medians
    full outer join {{ this }} as standing using (organization_id, month_number)
    inner join ({{ build_window() }}) as build_window using (organization_id)
    where
        build_window.is_rebuild
        or medians.gap_median_days is distinct from standing.gap_median_days
    {%- else %}

    select * from medians
    {%- endif %}

)

select * from final
