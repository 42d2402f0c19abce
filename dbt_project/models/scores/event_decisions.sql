{{ config(materialized='table') }}

{% set rule = var('event_decisions') -%}

with organizations as (

    select * from {{ ref('dim_organization') }}

),

requests as (

    select
        requests.organization_id,
        requests.event_id,
        organizations.as_of_date,
        requests.requested_at,
        requests.starts_at,
        requests.duration_minutes,
        requests.courts,
        requests.offered_revenue,
        requests.contact,
        organizations.time_zone,
        organizations.currency,
        organizations.assumed_margin_percent as margin_percent,
        {{ local_date('requests.starts_at', 'organizations.time_zone') }} as starts_date,
        {{ local_clock('requests.starts_at', 'organizations.time_zone') }} as starts_hour,
        requests.courts * {{ ratio('requests.duration_minutes', '60') }} as requested_hours
    from {{ ref('stg_event_requests') }} as requests
    inner join organizations
        on requests.organization_id = organizations.organization_id

),

-- The same weekday of the weeks before, the newest first: before the event itself where it is over.
weeks as (

    {% for week in range(1, rule.weeks + 1) -%}
    {{ 'union all ' if not loop.first }}select {{ week }} as weeks_back
    {% endfor %}
),

days as (

    select
        requests.*,
        {{ plus_days('requests.starts_date', '-7 * (weeks.weeks_back + greatest(0, cast(ceil('
            ~ ratio('requests.starts_date - requests.as_of_date', '7') ~ ') as integer) - 1))') }} as day
    from requests
    cross join weeks

),

bookings as (

    select
        bookings.organization_id,
        bookings.customer_type,
        bookings.customer_id,
        bookings.starts_date,
        bookings.court_id,
        bookings.gross_margin,
        {{ local_clock('bookings.starts_at', 'organizations.time_zone') }} as starts_hour,
        coalesce({{ ratio('bookings.duration_minutes', '60') }}, 1) as hours
    from {{ ref('fct_bookings') }} as bookings
    inner join organizations
        on bookings.organization_id = organizations.organization_id
    where not bookings.is_cancelled

),

first_days as (

    select
        organization_id,
        min(starts_date) as first_day
    from bookings
    group by organization_id

),

capacities as (

    select
        bookings.organization_id,
        count(distinct bookings.court_id) as court_count
    from bookings
    inner join organizations
        on
            bookings.organization_id = organizations.organization_id
            and bookings.starts_date <= organizations.as_of_date
            and bookings.starts_date > {{ plus_days('organizations.as_of_date', -365) }}
    group by bookings.organization_id

),

worth as (

    select
        metrics.organization_id,
        metrics.customer_type,
        metrics.customer_id,
        metrics.is_top_20,
        {{ rule.churn_uplift }} * (1 - coalesce(churn.churn_probability, 0))
        * greatest(coalesce(clv.expected_value, 0), 0) as churn_cost
    from {{ ref('customer_metrics') }} as metrics
    left join {{ ref('churn_scores') }} as churn
        on
            {{ same_key('metrics', 'churn', ['organization_id', 'customer_type', 'customer_id']) }}
            and churn.is_current
    left join {{ ref('clv_predictions') }} as clv
        on
            {{ same_key('metrics', 'clv', ['organization_id', 'customer_type', 'customer_id']) }}
            and clv.is_current
            and clv.is_champion
            and clv.horizon = '12_months'

),

overlapping as (

    select
        days.organization_id,
        days.event_id,
        days.day,
        bookings.gross_margin,
        worth.is_top_20,
        worth.churn_cost,
        least(days.starts_hour + {{ ratio('days.duration_minutes', '60') }}, bookings.starts_hour + bookings.hours)
        - greatest(days.starts_hour, bookings.starts_hour) as hours
    from days
    inner join bookings
        on
            days.organization_id = bookings.organization_id
            and days.day = bookings.starts_date
            and days.starts_hour < bookings.starts_hour + bookings.hours
            and bookings.starts_hour < days.starts_hour + {{ ratio('days.duration_minutes', '60') }}
    left join worth
        on {{ same_key('bookings', 'worth', ['organization_id', 'customer_type', 'customer_id']) }}

),

booked as (

    select
        organization_id,
        event_id,
        day,
        count(*) as bookings,
        sum({{ exact('hours') }}) as hours,
        sum(gross_margin) as gross_margin,
        count(case when is_top_20 then 1 end) as high_value_bookings,
        sum({{ exact('coalesce(churn_cost, 0)') }}) as churn_cost
    from overlapping
    group by organization_id, event_id, day

),

-- Bookings of a day give way in equal shares once they and the event need more hours than there are courts.
displaced as (

    select
        booked.*,
        least(
            1,
            greatest(
                0,
                booked.hours + requests.requested_hours
                - coalesce(capacities.court_count, 0) * {{ ratio('requests.duration_minutes', '60') }}
            ) / booked.hours
        ) as share
    from booked
    inner join requests
        on
            booked.organization_id = requests.organization_id
            and booked.event_id = requests.event_id
    left join capacities
        on booked.organization_id = capacities.organization_id

),

summed as (

    select
        organization_id,
        event_id,
        sum(bookings) as bookings,
        sum({{ exact('share * bookings') }}) as displaced_bookings,
        sum({{ exact('share * high_value_bookings') }}) as displaced_high_value,
        sum({{ exact('share * gross_margin') }}) as displaced_margin,
        sum({{ exact('share * churn_cost') }}) as churn_cost
    from displaced
    group by organization_id, event_id

),

-- Weeks before the first booking on record say nothing of how full the slot is.
observed as (

    select
        days.organization_id,
        days.event_id,
        count(first_days.first_day) as weeks_observed
    from days
    left join first_days
        on
            days.organization_id = first_days.organization_id
            and days.day >= first_days.first_day
    group by days.organization_id, days.event_id

),

expected as (

    select
        requests.*,
        capacities.court_count,
        observed.weeks_observed,
        {{ ratio('coalesce(summed.bookings, 0)', 'observed.weeks_observed') }} as expected_bookings,
        {{ ratio('coalesce(summed.displaced_bookings, 0)', 'observed.weeks_observed') }} as displaced_bookings,
        {{ ratio('coalesce(summed.displaced_high_value, 0)', 'observed.weeks_observed') }} as displaced_high_value,
        cast(
            {{ ratio('coalesce(summed.displaced_margin, 0)', 'observed.weeks_observed') }} as numeric(18, 2)
        ) as displaced_margin,
        cast({{ ratio('coalesce(summed.churn_cost, 0)', 'observed.weeks_observed') }} as numeric(18, 2)) as churn_cost
    from requests
    inner join observed
        on
            requests.organization_id = observed.organization_id
            and requests.event_id = observed.event_id
    left join summed
        on
            requests.organization_id = summed.organization_id
            and requests.event_id = summed.event_id
    left join capacities
        on requests.organization_id = capacities.organization_id

),

priced as (

    select
        *,
        cast(
            case
                when weeks_observed > 0 and margin_percent > 0
                    then
                        {{ ratio('100 * (displaced_margin + churn_cost)', 'margin_percent') }}
                        * {{ 1 + rule.required_gain_percent / 100 }}
            end as numeric(18, 2)
        ) as minimum_revenue
    from expected

),

decided as (

    select
        *,
        case
            when courts > court_count then 'decline'
            when minimum_revenue is null or court_count is null then 'counter_offer'
            when offered_revenue >= minimum_revenue then 'accept'
            when offered_revenue >= {{ rule.counter_offer_percent }} * minimum_revenue / 100 then 'counter_offer'
            else 'decline'
        end as recommendation
    from priced

),

final as (

    select
        organization_id,
        event_id,
        as_of_date,
        requested_at,
        starts_at,
        duration_minutes,
        courts,
        contact,
        currency,
        offered_revenue,
        court_count,
        weeks_observed,
        expected_bookings,
        displaced_bookings as displaced_bookings_expected,
        displaced_high_value as high_value_customers_displaced,
        displaced_margin,
        churn_cost as estimated_churn_cost,
        minimum_revenue as minimum_acceptable_revenue,
        recommendation,
        case
            when courts > court_count
                then concat('Asks for ', courts, ' courts, and there are ', court_count, '.')
            when minimum_revenue is null or court_count is null
                then 'Nothing is known of this slot yet: agree on a price by hand.'
            when displaced_bookings = 0
                then concat('The slot has room: ', {{ one_decimal('expected_bookings') }}, ' bookings are usual.')
            else
                concat(
                    'Displaces ', {{ one_decimal('displaced_bookings') }}, ' of ',
                    {{ one_decimal('expected_bookings') }}, ' usual bookings, ',
                    {{ one_decimal('displaced_high_value') }}, ' by top customers: a margin of ', displaced_margin,
                    ' and an expected ', churn_cost, ' of customers who may leave; ', minimum_revenue, ' ', currency,
                    ' covers it, ', offered_revenue, ' is offered.'
                )
        end as details
    from decided

)

select * from final
