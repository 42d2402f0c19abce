{% set rule = var('dissatisfaction') -%}
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set cause = ['organization_id', 'as_of_date', 'cause_type', 'cause'] -%}

with rated as (

    select
        tickets.{{ customer | join(',\n        tickets.') }},
        as_of.as_of_date,
        tickets.category,
        concat_ws(' ', tickets.subject, tickets.body) as told,
        coalesce(tickets.csat_score <= {{ rule.unhappy_csat }}, false)
        or coalesce(tickets.nps_score <= {{ rule.unhappy_nps }}, false) as is_unhappy
    from {{ ref('fct_support_tickets') }} as tickets
    inner join {{ ref('as_of_dates') }} as as_of
        on
            tickets.organization_id = as_of.organization_id
            and tickets.opened_date > {{ plus_days('as_of.as_of_date', -rule.days) }}
            and tickets.opened_date <= as_of.as_of_date
    where coalesce(tickets.csat_score, tickets.nps_score) is not null

),

-- Each customer counts once, on one side: a dissatisfied one with the tickets that were rated badly.
sides as (

    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        max(case when is_unhappy then 1 else 0 end) = 1 as is_dissatisfied
    from rated
    group by {{ customer | join(', ') }}, as_of_date

),

told as (

    select rated.*
    from rated
    inner join sides
        on
            {{ same_key('rated', 'sides', customer) }}
            and rated.is_unhappy = sides.is_dissatisfied

),

words as (

    select
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_unhappy,
        {{ words_of('told') }} as word
    from told

),

mentions as (

    select distinct
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_unhappy,
        'category' as cause_type,
        category as cause
    from told
    where category is not null

    union all

    select distinct
        {{ customer | join(',\n        ') }},
        as_of_date,
        is_unhappy,
        'keyword' as cause_type,
        word as cause
    from words
    where length(word) >= {{ rule.word_length }}

),

groups as (

    select
        organization_id,
        as_of_date,
        count(case when is_dissatisfied then 1 end) as dissatisfied_count,
        count(case when not is_dissatisfied then 1 end) as others_count
    from sides
    group by organization_id, as_of_date

),

mentioned as (

    select
        {{ cause | join(',\n        ') }},
        count(case when is_unhappy then 1 end) as support,
        count(case when not is_unhappy then 1 end) as others_support
    from mentions
    group by {{ cause | join(', ') }}

),

counted as (

    select
        mentioned.*,
        groups.dissatisfied_count,
        groups.others_count,
        groups.dissatisfied_count - mentioned.support as dissatisfied_without,
        groups.others_count - mentioned.others_support as others_without,
        100 * {{ ratio('mentioned.support', 'groups.dissatisfied_count') }} as dissatisfied_frequency,
        100 * {{ ratio('mentioned.others_support', 'groups.others_count') }} as others_frequency
    from mentioned
    inner join groups
        on
            mentioned.organization_id = groups.organization_id
            and mentioned.as_of_date = groups.as_of_date
    where
        mentioned.support >= {{ rule.minimum_support }}
        and groups.others_count > 0

),

p_values as (

    {{ fisher_exact(
        'counted', cause, cells=['support', 'dissatisfied_without', 'others_support', 'others_without']
    ) }}

),

-- Benjamini and Hochberg (1995): of the causes up to a row, that share at most is expected to be chance.
ranked as (

    select
        {{ cause | join(',\n        ') }},
        p_value,
        p_value * {{ ratio(
            'count(*) over (partition by organization_id, cause_type)',
            'count(*) over (partition by organization_id, cause_type order by p_value)'
        ) }} as discovery_rate
    from p_values

),

adjusted as (

    select
        {{ cause | join(',\n        ') }},
        p_value,
        least(1, min(discovery_rate) over (
            partition by organization_id, cause_type
            order by p_value desc
        )) as adjusted_p_value
    from ranked

),

final as (

    select
        counted.{{ cause | join(',\n        counted.') }},
        counted.support,
        counted.dissatisfied_count,
        counted.others_support,
        counted.others_count,
        counted.dissatisfied_frequency,
        counted.others_frequency,
        {{ ratio(
            '(counted.support + 0.5) * (counted.others_count + 1)',
            '(counted.others_support + 0.5) * (counted.dissatisfied_count + 1)'
        ) }} as lift,
        adjusted.p_value,
        adjusted.adjusted_p_value
    from counted
    inner join adjusted
        on {{ same_key('counted', 'adjusted', cause) }}
    where counted.dissatisfied_frequency > counted.others_frequency

)

select * from final
