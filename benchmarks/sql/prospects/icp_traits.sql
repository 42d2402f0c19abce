with customers as (
    select
        metrics.*,
        rhythms.preferred_weekday,
        rhythms.preferred_hour_band
    from by_hand.customer_metrics as metrics
    inner join by_hand.rhythms on metrics.customer_id = rhythms.customer_id and rhythms.is_current
),

traits as (
    select
        is_top_20,
        'order_frequency' as trait_name,
        case
            when order_frequency < 0.5 then 'under 0.5' when order_frequency < 1 then '0.5 to under 1'
            when order_frequency < 2 then '1 to under 2' when order_frequency < 4 then '2 to under 4'
            when order_frequency < 8 then '4 to under 8' else '8 or more'
        end as trait_value
    from customers
    where days_as_customer > 0
    union all
    select
        is_top_20,
        'preferred_weekday',
        case preferred_weekday
            when 1 then 'Monday' when 2 then 'Tuesday' when 3 then 'Wednesday' when 4 then 'Thursday'
            when 5 then 'Friday' when 6 then 'Saturday' else 'Sunday'
        end
    from customers
    where preferred_weekday is not null
    union all
    select
        is_top_20,
        'preferred_hour_band',
        preferred_hour_band
    from customers
    where preferred_hour_band is not null
    union all
    select
        is_top_20,
        'return_rate_percent',
        case
            when return_rate < 0.01 then 'under 1' when return_rate < 0.05 then '1 to under 5'
            when return_rate < 0.10 then '5 to under 10' when return_rate < 0.25 then '10 to under 25'
            else '25 or more'
        end
    from customers
    where order_count + cancelled_count > 0
    union all
    select
        is_top_20,
        'avg_order_value',
        case
            when avg_order_value < 10 then 'under 10' when avg_order_value < 20 then '10 to under 20'
            when avg_order_value < 50 then '20 to under 50' when avg_order_value < 100 then '50 to under 100'
            when avg_order_value < 200 then '100 to under 200' else '200 to under 500'
        end
    from customers
    where order_count > 0
    union all
    select
        is_top_20,
        'gross_margin_percent',
        case
            when gross_margin_percent < 20 then '0 to under 20' when gross_margin_percent < 40 then '20 to under 40'
            when gross_margin_percent < 60 then '40 to under 60' else '60 to under 80'
        end
    from customers
    where total_revenue > 0
),

cells as (
    select
        trait_name,
        trait_value,
        count(case when is_top_20 then 1 end) as a,
        count(case when not is_top_20 then 1 end) as c,
        sum(count(case when is_top_20 then 1 end)) over (partition by trait_name) as best,
        sum(count(case when not is_top_20 then 1 end)) over (partition by trait_name) as others
    from traits
    group by trait_name, trait_value
),

supported as (
    select
        trait_name,
        trait_value,
        cast(a as double precision) as a,
        cast(best - a as double precision) as b,
        cast(c as double precision) as c,
        cast(others - c as double precision) as d,
        cast(best as double precision) as best,
        cast(others as double precision) as others
    from cells
    where a >= 5 and 100 * a >= best and others > 0
),

lifts as (
    select
        *,
        ln((a + 0.5) * (d + 0.5) / (b + 0.5) / (c + 0.5)) as log_odds,
        best / (best + others) * others * (a + c) / (best + others) * (b + d) / (best + others) as information
    from supported
),

-- Fisher's exact test: the probabilities of all tables with these sums that are no likelier than this one
tables as (
    select
        supported.trait_name,
        supported.trait_value,
        counts.k = cast(supported.a as integer) as is_this,
        exp(greatest(
            lgamma(supported.best + 1) - lgamma(counts.k + 1) - lgamma(supported.best - counts.k + 1)
            + lgamma(supported.others + 1)
            - lgamma(supported.a + supported.c - counts.k + 1)
            - lgamma(supported.others - (supported.a + supported.c - counts.k) + 1)
            - lgamma(supported.best + supported.others + 1)
            + lgamma(supported.a + supported.c + 1)
            + lgamma(supported.b + supported.d + 1),
            -700
        )) as probability
    from supported
    inner join generate_series(0, (select cast(max(best) as integer) from supported)) as counts (k)
        on
            counts.k between greatest(0, supported.a + supported.c - supported.others) and least(
                supported.best, supported.a + supported.c
            )
),

tests as (
    select
        tables.trait_name,
        tables.trait_value,
        least(1, sum(tables.probability)) as p_value
    from tables
    inner join tables as this
        on
            tables.trait_name = this.trait_name
            and tables.trait_value = this.trait_value
            and this.is_this
            and tables.probability <= this.probability * 1.0000001
    group by tables.trait_name, tables.trait_value
)

select
    lifts.trait_name,
    lifts.trait_value,
    100 * a / best as top20_frequency,
    100 * c / others as others_frequency,
    exp(log_odds * information / (information + 1)) as lift,
    (a / best) / nullif(c / others, 0) as raw_lift,
    tests.p_value,
    cast(a as bigint) as support
from lifts
inner join tests on lifts.trait_name = tests.trait_name and lifts.trait_value = tests.trait_value
