{% set rows_of = ['organization_id', 'as_of_date', 'is_current', 'segment_type', 'segment_id'] -%}
{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
-- two-sided 95 percent of the normal distribution, squared
{% set z2 = '3.8414588206941245' -%}

with answers as (

    select
        contacts.{{ customer | join(',\n        contacts.') }},
        contacts.amount as score,
        least(
            as_of.as_of_date,
            {{ plus_days(first_day_of_month(month_index('contacts.contact_date') ~ ' + 1'), -1) }}
        ) as as_of_date,
        {{ month_index('contacts.contact_date') }} = {{ month_index('as_of.as_of_date') }} as is_current
    from {{ ref('int_known_contacts') }} as contacts
    inner join {{ ref('as_of_dates') }} as as_of
        on
            contacts.organization_id = as_of.organization_id
            and contacts.contact_date <= as_of.as_of_date
    where contacts.kind = 'nps'

),

members as (

    select * from {{ ref('int_segment_members') }}

),

by_segment as (

    select
        organization_id,
        as_of_date,
        is_current,
        'overall' as segment_type,
        'all' as segment_id,
        score
    from answers

    union all

    select
        answers.organization_id,
        answers.as_of_date,
        answers.is_current,
        members.segment_type,
        members.segment_id,
        answers.score
    from answers
    inner join members
        on
            {{ same_key('answers', 'members', customer) }}
            and answers.as_of_date = members.as_of_date

),

counted as (

    select
        {{ rows_of | join(',\n        ') }},
        count(*) as response_count,
        count(case when score >= 9 then 1 end) as promoter_count,
        count(case when score between 7 and 8 then 1 end) as passive_count,
        count(case when score <= 6 then 1 end) as detractor_count
    from by_segment
    group by {{ rows_of | join(', ') }}

),

-- Per answer, promoters 1, detractors -1; the share that is one or the other takes one more answer in, so that passives
-- alone leave room for doubt.
scored as (

    select
        *,
        {{ ratio('promoter_count - detractor_count', 'response_count') }} as score,
        {{ ratio('promoter_count + detractor_count + 1', 'response_count + 1') }} as spread,
        {{ ratio(z2, 'response_count') }} as doubt
    from counted

),

-- All scores s that the answers do not refute: (score - s)^2 <= doubt * (spread - s^2). Where no answer is passive that
-- is Wilson's interval for the share of promoters.
bounded as (

    select
        *,
        sqrt(greatest(doubt * (spread * (1 + doubt) - score * score), 0)) as reach
    from scored

),

final as (

    select
        {{ rows_of | join(',\n        ') }},
        response_count,
        promoter_count,
        passive_count,
        detractor_count,
        100 * score as nps,
        100 * greatest((score - reach) / (1 + doubt), -1) as nps_lower,
        100 * least((score + reach) / (1 + doubt), 1) as nps_upper
    from bounded

)

select * from final
