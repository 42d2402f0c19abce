{{ config(indexes=btree([['organization_id', 'tract_id']])) }}

{% set measures = [
    'population', 'median_age', 'households', 'median_household_income', 'median_household_income_margin',
    'is_median_household_income_top_coded', 'per_capita_income', 'median_home_value', 'is_median_home_value_top_coded'
] -%}

-- All tracts of the counties where customers live, by the newest survey that was known as of the as-of date; a tract
-- where one lives has a row before a survey was asked for it.

with homes as (

    select * from {{ ref('int_home_places') }}
    where tract_id is not null

),

counties as (

    select distinct
        organization_id,
        state_code,
        county_code
    from homes

),

answered as (

    {% for table, is_made_up in [('census_tract', 'false'), ('demo_census_tract', 'true')] -%}
    select
        *,
        {{ is_made_up }} as is_made_up
    from {{ source('raw', table) }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

surveyed as (

    select
        counties.organization_id,
        tracts.*,
        row_number() over (
            partition by counties.organization_id, tracts.geoid
            order by tracts.vintage desc
        ) as vintage_rank
    from answered as tracts
    inner join counties
        on
            tracts.state = counties.state_code
            and tracts.county = counties.county_code
    inner join {{ ref('as_of_dates') }} as as_of
        on
            counties.organization_id = as_of.organization_id
            and tracts.known_from <= as_of.as_of_date

),

lived_in as (

    select distinct
        organization_id,
        tract_id,
        state_code,
        county_code,
        is_made_up
    from homes

),

tracts as (

    select
        organization_id,
        geoid as tract_id,
        state as state_code,
        county as county_code,
        name as tract_name,
        vintage,
        {{ measures | join(',\n        ') }},
        adults_25_and_over,
        adults_with_degree,
        occupied_homes,
        owner_occupied_homes,
        land_area_m2,
        geometry,
        is_made_up
    from surveyed
    where vintage_rank = 1

),

final as (

    select
        organization_id,
        tract_id,
        coalesce(tracts.state_code, lived_in.state_code) as state_code,
        coalesce(tracts.county_code, lived_in.county_code) as county_code,
        tracts.tract_name,
        tracts.vintage,
        {% for measure in measures -%}
        tracts.{{ measure }},
        {% endfor -%}
        100 * {{ ratio('tracts.adults_with_degree', 'tracts.adults_25_and_over') }} as degree_percent,
        100 * {{ ratio('tracts.owner_occupied_homes', 'tracts.occupied_homes') }} as owner_percent,
        1000000 * {{ ratio('tracts.population', 'tracts.land_area_m2') }} as population_density,
        tracts.geometry,
        coalesce(tracts.is_made_up, lived_in.is_made_up) as is_made_up
    from tracts
    full outer join lived_in using (organization_id, tract_id)

)

select * from final
