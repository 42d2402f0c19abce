{% set trait = ['organization_id', 'as_of_date', 'trait_category', 'trait_name'] -%}

with traits as (

    select * from {{ ref('int_customer_traits') }}

),

known as (

    select
        {{ trait | join(',\n        ') }},
        count(case when is_top_20 then 1 end) as top20_known_count,
        count(case when not is_top_20 then 1 end) as others_known_count
    from traits
    where value_number = 1
    group by {{ trait | join(', ') }}

),

having_it as (

    select
        {{ trait | join(',\n        ') }},
        trait_value,
        count(case when is_top_20 then 1 end) as support,
        count(case when not is_top_20 then 1 end) as others_count
    from traits
    group by {{ trait | join(', ') }}, trait_value

),

supported as (

    select
        having_it.*,
        known.top20_known_count,
        known.others_known_count,
        known.top20_known_count - having_it.support as top20_without_count,
        known.others_known_count - having_it.others_count as others_without_count,
        100 * {{ ratio('having_it.support', 'known.top20_known_count') }} as top20_frequency,
        100 * {{ ratio('having_it.others_count', 'known.others_known_count') }} as others_frequency,
        cast(known.top20_known_count + known.others_known_count as double precision) as known_count
    from having_it
    inner join known
        on {{ same_key('having_it', 'known', trait) }}
    where
        having_it.support >= {{ var('icp_minimum_support') }}
        and having_it.support * 100 >= {{ var('icp_minimum_support_percent') }} * known.top20_known_count
        and known.others_known_count > 0

),

p_values as (

    {{ fisher_exact(
        'supported',
        trait + ['trait_value'],
        cells=['support', 'top20_without_count', 'others_count', 'others_without_count']
    ) }}

),

-- Half a customer added to each cell keeps the odds finite (Haldane 1956, Anscombe 1956). The information is that of a
-- trait that tells nothing: it does not fall where all of the best have the trait, and is none where everyone has.
odds as (

    select
        *,
        ln(
            ({{ ratio('support + 0.5', 'top20_without_count + 0.5') }})
            / ({{ ratio('others_count + 0.5', 'others_without_count + 0.5') }})
        ) as log_odds_ratio,
        top20_known_count / known_count * others_known_count
        * (support + others_count) / known_count
        * (top20_without_count + others_without_count) / known_count as information,
        cast({{ var('icp_prior_standard_deviation') }} as double precision) as prior_deviation
    from supported

),

lifts as (

    select
        *,
        exp(
            log_odds_ratio * information / (information + 1 / (prior_deviation * prior_deviation))
        ) as lift
    from odds

),

tested as (

    select
        lifts.*,
        p_values.p_value
    from lifts
    inner join p_values
        on {{ same_key('lifts', 'p_values', trait + ['trait_value']) }}

),

final as (

    select
        organization_id,
        as_of_date,
        trait_category,
        trait_name,
        trait_value,
        top20_frequency,
        others_frequency,
        lift,
        {{ ratio('top20_frequency', 'others_frequency') }} as raw_lift,
        p_value,
        support,
        top20_known_count,
        others_count,
        others_known_count,
        100 * greatest(0, (lift - 1) / (lift + 1)) * sqrt(top20_frequency / 100) * (1 - p_value) as importance_score
    from tested

)

select * from final
