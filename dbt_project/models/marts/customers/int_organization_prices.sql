{{ config(schema='staging') }}

{% set terms = ['product_count', 'fit_count', 'sxx', 'sxy', 'syy', 'sxx_squared', 'explained'] -%}

-- The organization's elasticity and how far its customers differ, as of each month's end: the normal prior that
-- customers with little data of their own are drawn to.

with changes as (

    select
        organization_id,
        month_start,
        {% for term in terms -%}
        sum({{ term }}) as {{ term }},
        {% endfor -%}
        sum(line_count) as line_count
    from {{ ref('int_customer_prices') }}
    group by organization_id, month_start

),

months as (

    select distinct
        dates.organization_id,
        cast({{ dbt.date_trunc('month', 'dates.calendar_date') }} as date) as month_start
    from {{ ref('dim_date') }} as dates
    inner join {{ ref('as_of_dates') }} as as_of
        on
            dates.organization_id = as_of.organization_id
            and dates.calendar_date <= as_of.as_of_date

),

until_then as (

    select
        months.organization_id,
        months.month_start,
        {% for term in terms -%}
        cast(coalesce(sum(changes.{{ term }}) over so_far, 0) as double precision) as {{ term }},
        {% endfor -%}
        cast(coalesce(sum(changes.line_count) over so_far, 0) as double precision) as line_count
    from months
    left join changes
        on
            months.organization_id = changes.organization_id
            and months.month_start = changes.month_start
    window so_far as (partition by months.organization_id order by months.month_start rows unbounded preceding)

),

residuals as (

    select
        *,
        {{ ratio('sxy', 'sxx') }} as elasticity,
        case
            when line_count - product_count - fit_count > 0
                then greatest(syy - explained, 0) / (line_count - product_count - fit_count)
        end as residual_variance
    from until_then
    where sxx > 0

),

-- DerSimonian and Laird's estimate by the method of moments, in terms that need no division by the residual variance
spreads as (

    select
        *,
        case
            when residual_variance is null then null
            when fit_count > 1 and sxx * sxx > sxx_squared
                then greatest(
                    0, (explained - sxy * sxy / sxx - (fit_count - 1) * residual_variance) / (sxx - sxx_squared / sxx)
                )
            else 0
        end as variance_between_customers
    from residuals

),

final as (

    select
        organization_id,
        month_start,
        elasticity,
        residual_variance,
        variance_between_customers,
        residual_variance / sxx + variance_between_customers * sxx_squared / (sxx * sxx) as elasticity_variance
    from spreads

)

select * from final
