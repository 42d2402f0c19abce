{{
    config(indexes=btree([
        ['organization_id', 'campaign_id', 'calendar_date', 'measure'],
        ['organization_id', 'calendar_date']
    ]))
}}

{% set rule = var('campaigns') -%}

with measures as (

    {{ campaign_measures() }}
),

-- of each day the same weekdays before it, and nothing after
remembered as (

    select
        *,
        array_agg(cast(amount as double precision)) over same_weekdays as earlier_amounts,
        min(amount) over same_weekdays as lowest_amount,
        max(amount) over same_weekdays as highest_amount,
        count(*) over same_weekdays as earlier_days
    from measures
    window same_weekdays as (
        partition by organization_id, campaign_id, measure, cast(extract(isodow from calendar_date) as integer)
        order by calendar_date
        rows between {{ rule.anomaly_weeks }} preceding and 1 preceding
    )

),

-- most are all alike, mostly nothing, and need no sorting
usual as (

    select
        *,
        case
            when lowest_amount = highest_amount then cast(lowest_amount as double precision)
            else {{ median_of('earlier_amounts') }}
        end as usual_amount
    from remembered
    where earlier_days >= {{ rule.anomaly_least_weeks }}

),

deviating as (

    select
        *,
        amount - usual_amount as difference,
        case
            when lowest_amount = highest_amount then 0
            else {{ median_distance('earlier_amounts', 'usual_amount') }}
        end as median_deviation
    from usual

),

-- 0.6745 of a normal distribution's standard deviations are its median deviation
scored as (

    select
        *,
        0.6744897501960817 * ({{ ratio('difference', 'median_deviation') }}) as robust_z_score
    from deviating

),

final as (

    select
        scored.organization_id,
        scored.campaign_id,
        scored.calendar_date,
        scored.measure,
        scored.calendar_date = as_of.as_of_date as is_current,
        scored.amount,
        scored.earlier_days as compared_days,
        scored.usual_amount,
        scored.median_deviation,
        scored.robust_z_score,
        -- where most of the same weekdays were alike, any difference is far off; where they were nothing, none is;
        -- numbers of leads differ by three standard deviations of a Poisson count
        coalesce(abs(scored.robust_z_score) > {{ rule.anomaly_z_score }}, scored.usual_amount <> 0)
        and abs(scored.difference) > 0.01 * {{ rule.anomaly_least_percent }} * abs(scored.usual_amount)
        and (
            scored.measure in ('spend', 'revenue')
            or scored.difference * scored.difference > 9 * greatest(scored.usual_amount, 1)
        ) as is_anomaly
    from scored
    inner join {{ ref('as_of_dates') }} as as_of
        on scored.organization_id = as_of.organization_id

)

select * from final
