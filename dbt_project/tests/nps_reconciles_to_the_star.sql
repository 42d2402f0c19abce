-- All answers until the as-of date that tickets and surveys hold are in the months' scores, once.
{{ config(meta={'dagster': {'ref': {'name': 'nps_monthly'}}}) }}

with answers as (

    select
        tickets.organization_id,
        coalesce(tickets.closed_date, tickets.opened_date) as answered_date,
        tickets.nps_score as score
    from {{ ref('fct_support_tickets') }} as tickets
    where tickets.nps_score is not null

    union all

    select
        responses.organization_id,
        responses.responded_date as answered_date,
        responses.response_number as score
    from {{ ref('fct_survey_responses') }} as responses
    where
        lower(responses.survey_name || ' ' || responses.question) like '%nps%'
        and responses.response_number between 0 and 10
        and responses.response_number = floor(responses.response_number)

),

star as (

    select
        answers.organization_id,
        count(*) as response_count,
        count(case when answers.score >= 9 then 1 end) as promoter_count,
        count(case when answers.score <= 6 then 1 end) as detractor_count
    from answers
    inner join {{ ref('as_of_dates') }} as as_of
        on
            answers.organization_id = as_of.organization_id
            and answers.answered_date <= as_of.as_of_date
    group by answers.organization_id

),

months as (

    select
        organization_id,
        sum(response_count) as response_count,
        sum(promoter_count) as promoter_count,
        sum(detractor_count) as detractor_count
    from {{ ref('nps_monthly') }}
    where segment_type = 'overall'
    group by organization_id

)

select
    star.*,
    months.*
from star
full outer join months
    on star.organization_id = months.organization_id
where
    star.organization_id is null
    or months.organization_id is null
    or star.response_count <> months.response_count
    or star.promoter_count <> months.promoter_count
    or star.detractor_count <> months.detractor_count
