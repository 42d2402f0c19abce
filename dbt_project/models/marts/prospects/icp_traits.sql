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
        {{ ratio('known.top20_known_count', 'known.top20_known_count + known.others_known_count') }} as top20_share
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

-- One customer is added to those with the trait and one to those without, shared out by the size of the groups: the odds
-- stay finite, and a trait that everyone has keeps a lift of 1 (Sweeting, Sutton and Lambert 2004).
corrected as (

    select
        *,
        support + top20_share as top20_with,
        top20_without_count + top20_share as top20_without,
        others_count + 1 - top20_share as others_with,
        others_without_count + 1 - top20_share as others_without
    from supported

),

odds as (

    select
        *,
        ln(top20_with * others_without / (top20_without * others_with)) as log_odds_ratio,
        1 / top20_with + 1 / top20_without + 1 / others_with + 1 / others_without as log_odds_variance,
        cast({{ var('icp_prior_standard_deviation') }} as double precision) as prior_deviation
    from corrected

),

lifts as (

    select
        *,
        exp(
            log_odds_ratio * prior_deviation * prior_deviation
            / (prior_deviation * prior_deviation + log_odds_variance)
        ) as lift
    from odds

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
        p_values.p_value,
        support,
        top20_known_count,
        others_count,
        others_known_count,
        100 * greatest(0, (lift - 1) / (lift + 1)) * sqrt(top20_frequency / 100) * (1 - p_values.p_value)
            as importance_score
    from lifts
    inner join p_values
        using ({{ (trait + ['trait_value']) | join(', ') }})

)

select * from final
