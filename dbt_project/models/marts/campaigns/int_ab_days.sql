{{
    config(
        schema='staging',
        indexes=btree([['organization_id', 'test_id', 'group_name', 'assigned_date']])
    )
}}

{% set rule = var('experiments') -%}
{% set variables = ['value', 'denominator', 'covariate'] -%}
{% set products = [('value', 'denominator'), ('value', 'covariate'), ('denominator', 'covariate')] -%}
-- Beyond it, squares added up would no longer fit.
{% set largest = 1000000000 -%}

-- What experiments are judged by: sums over the units that were assigned on each day. Values far beyond what is usual
-- in the test, as of bots, are capped. Sums are exact, so that neither the order of rows nor the engine changes them.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

tests as (

    select * from {{ ref('stg_ab_tests') }}

),

observed as (

    select
        observations.organization_id,
        observations.test_id,
        observations.group_name,
        observations.assigned_date,
        tests.metric_type,
        case
            when tests.metric_type <> 'proportion' or observations.value is null then observations.value
            when observations.value > 0 then 1
            else 0
        end as value,
        case when tests.metric_type = 'ratio' then observations.denominator else 0 end as denominator,
        observations.covariate,
        observations.value is not null
        and (tests.metric_type <> 'ratio' or observations.denominator is not null) as is_measured
    from {{ ref('int_ab_observations') }} as observations
    inner join tests
        on
            observations.organization_id = tests.organization_id
            and observations.test_id = tests.test_id
    inner join as_of
        on
            observations.organization_id = as_of.organization_id
            and observations.assigned_date <= as_of.as_of_date

),

limits as (

    select
        {% for name in variables -%}
        coalesce(
            least(
                {{ rule.outlier_times }} * percentile_disc({{ rule.usual_share }}) within group (
                    order by case when {{ name }} <> 0 then abs({{ name }}) end
                ),
                {{ largest }}
            ),
            {{ largest }}
        ) as {{ name }}_limit,
        {% endfor -%}
        organization_id,
        test_id
    from observed
    where is_measured
    group by organization_id, test_id

),

capped as (

    select
        observed.organization_id,
        observed.test_id,
        observed.group_name,
        observed.assigned_date,
        observed.is_measured,
        {% for name in variables -%}
        -- least and greatest pass over nulls
        case
            when observed.{{ name }} is not null
                then cast(
                    greatest(least(observed.{{ name }}, limits.{{ name }}_limit), -limits.{{ name }}_limit)
                    as numeric(18, 4)
                )
        end as {{ name }},
        {% endfor -%}
        case when observed.metric_type <> 'proportion' then limits.value_limit end as outlier_limit,
        observed.is_measured
        and (
            abs(observed.value) > limits.value_limit
            or abs(observed.denominator) > limits.denominator_limit
        ) as is_outlier
    from observed
    left join limits
        on
            observed.organization_id = limits.organization_id
            and observed.test_id = limits.test_id

),

centres as (

    select
        organization_id,
        test_id,
        coalesce(cast(round(avg(covariate), 4) as numeric(18, 4)), 0) as covariate
    from capped
    where is_measured
    group by organization_id, test_id

),

-- A covariate that is not known counts as an average one: it was not known before the groups were drawn either.
centred as (

    select
        capped.organization_id,
        capped.test_id,
        capped.group_name,
        capped.assigned_date,
        capped.is_measured,
        capped.is_outlier,
        capped.outlier_limit,
        case when capped.is_measured then capped.value else 0 end as value,
        case when capped.is_measured then capped.denominator else 0 end as denominator,
        case
            when capped.is_measured and capped.covariate is not null
                then cast(capped.covariate - centres.covariate as numeric(18, 4))
            else 0
        end as covariate
    from capped
    left join centres
        on
            capped.organization_id = centres.organization_id
            and capped.test_id = centres.test_id

),

final as (

    select
        organization_id,
        test_id,
        group_name,
        assigned_date,
        count(*) as assigned,
        cast(sum(case when is_measured then 1 else 0 end) as bigint) as units,
        {% for name in variables -%}
        cast(sum({{ name }}) as double precision) as {{ name }}_sum,
        cast(sum({{ name }} * {{ name }}) as double precision) as {{ name }}_squares,
        {% endfor -%}
        {% for left, right in products -%}
        cast(sum({{ left }} * {{ right }}) as double precision) as {{ left }}_{{ right }}_products,
        {% endfor -%}
        cast(sum(case when is_outlier then 1 else 0 end) as bigint) as outliers,
        cast(max(outlier_limit) as double precision) as outlier_limit
    from centred
    group by organization_id, test_id, group_name, assigned_date

)

select * from final
