with organizations as (

    select * from {{ ref('dim_organization') }}

),

-- the first and the last day of any fact
fact_dates as (

    select
        organization_id,
        min(first_date) as first_date,
        max(last_date) as last_date
    from (
        select
            organization_id,
            first_date,
            last_date
        from {{ ref('int_seen_customers') }}

        union all

        select
            organization_id,
            first_date,
            last_date
        from {{ ref('int_seen_leads') }}

        union all

        select
            organization_id,
            created_date as first_date,
            created_date as last_date
        from {{ ref('dim_lead') }}

        union all

        select
            organization_id,
            cost_date as first_date,
            cost_date as last_date
        from {{ ref('fct_channel_costs') }}
    ) as seen
    group by organization_id

),

-- whole calendar years, from the first fact to the year after the as-of date
spans as (

    select
        organizations.organization_id,
        organizations.fiscal_year_start_month,
        cast({{ dbt.date_trunc('year', 'coalesce(fact_dates.first_date, organizations.as_of_date)') }} as date)
            as first_day,
        cast(
            {{ dbt.date_trunc(
                'year',
                dbt.dateadd('year', 2, 'greatest(organizations.as_of_date, coalesce(fact_dates.last_date, organizations.as_of_date))')
            ) }} as date
        ) as day_after
    from organizations
    left join fact_dates
        on organizations.organization_id = fact_dates.organization_id

),

days as (

    {{ date_series('spans', 'first_day', 'day_after', ['organization_id', 'fiscal_year_start_month', 'day_after']) }}

),

calendar as (

    select
        organization_id,
        calendar_date,
        cast(extract(year from calendar_date) as integer) as calendar_year,
        cast(extract(quarter from calendar_date) as integer) as calendar_quarter,
        cast(extract(month from calendar_date) as integer) as calendar_month,
        cast(extract(day from calendar_date) as integer) as day_of_month,
        cast(extract(isoyear from calendar_date) as integer) as iso_year,
        cast(extract(week from calendar_date) as integer) as iso_week,
        cast(extract(isodow from calendar_date) as integer) as iso_weekday,
        cast({{ dbt.date_trunc('month', 'calendar_date') }} as date) as month_start,
        fiscal_year_start_month,
        cast(extract(month from calendar_date) as integer) >= fiscal_year_start_month
        and fiscal_year_start_month > 1 as is_in_next_fiscal_year
    from days
    where calendar_date < day_after

),

final as (

    select
        organization_id,
        calendar_date,
        calendar_year,
        calendar_quarter,
        calendar_month,
        day_of_month,
        iso_year,
        iso_week,
        iso_weekday,
        iso_weekday >= 6 as is_weekend,
        month_start,
        calendar_year + case when is_in_next_fiscal_year then 1 else 0 end as fiscal_year,
        cast(floor(mod(calendar_month - fiscal_year_start_month + 12, 12) / 3) as integer) + 1 as fiscal_quarter
    from calendar

)

select * from final
