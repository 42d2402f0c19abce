{{ config(indexes=btree([['organization_id', 'campaign_id', 'measure', 'weeks']])) }}

{% set grain = ['organization_id', 'campaign_id', 'measure', 'weeks'] -%}
{% set rule = var('campaigns') -%}

with measures as (

    {{ campaign_measures() }}
),

numbered as (

    select
        *,
        row_number() over (
            partition by organization_id, campaign_id, measure
            order by calendar_date desc
        ) - 1 as days_ago
    from measures

),

spans as (

    {% for weeks in rule.trend_weeks -%}
    {{ 'union all ' if not loop.first }}select {{ weeks }} as weeks
    {% endfor %}
),

-- x counts the days of the last weeks from 0; what lies before them is for comparison
framed as (

    select
        numbered.organization_id,
        numbered.campaign_id,
        numbered.measure,
        spans.weeks,
        numbered.calendar_date,
        numbered.amount,
        numbered.days_ago < 7 * spans.weeks as is_now,
        7 * spans.weeks - 1 - numbered.days_ago as x
    from numbered
    inner join spans
        on numbered.days_ago < 14 * spans.weeks

),

sums as (

    select
        {{ grain | join(',\n        ') }},
        max(calendar_date) as last_date,
        7 * weeks as n,
        count(*) as days,
        sum(case when is_now then amount else 0 end) as total,
        sum(case when not is_now then amount else 0 end) as total_before,
        sum(case when is_now then x * amount else 0 end) as xy,
        sum(case when is_now then amount * amount else 0 end) as yy
    from framed
    group by {{ grain | join(', ') }}

),

-- least squares: n times the sums of squares and products about the means; that of x is n^2 (n^2 - 1) / 12
moments as (

    select
        *,
        {{ ratio('cast(n as double precision) * n * (n * n - 1)', '12') }} as sxx,
        cast(2 * xy - (n - 1) * total as double precision) * n / 2 as sxy,
        cast(n * yy - total * total as double precision) as syy
    from sums

),

fitted as (

    select
        *,
        case when days >= n then sxy / sxx end as slope,
        case when days >= n then sqrt(greatest(syy - sxy * sxy / sxx, 0) / (n - 2) / sxx) end as slope_error
    from moments

),

final as (

    select
        {{ grain | join(',\n        ') }},
        last_date,
        cast(total as numeric(18, 2)) as amount,
        case when days = 2 * n then cast(total_before as numeric(18, 2)) end as amount_before,
        case when days = 2 * n then {{ growth_percent('total', 'total_before') }} end as change_percent,
        slope as slope_per_day,
        slope_error as slope_error_per_day,
        case
            when slope > {{ rule.trend_errors }} * slope_error then 'rising'
            when slope < -{{ rule.trend_errors }} * slope_error then 'falling'
            when slope is not null then 'steady'
        end as direction
    from fitted

)

select * from final
