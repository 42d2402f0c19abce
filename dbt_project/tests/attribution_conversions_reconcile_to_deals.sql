-- Every deal won until the as-of date is a conversion, with its value.
{{ config(meta={'dagster': {'ref': {'name': 'lead_attribution'}}}) }}

with deals as (

    select
        deals.organization_id,
        count(*) as deal_count,
        sum(deals.deal_value) as deal_value
    from {{ ref('fct_deals') }} as deals
    inner join {{ ref('as_of_dates') }} as as_of
        on
            deals.organization_id = as_of.organization_id
            and coalesce(deals.closed_date, deals.created_date) <= as_of.as_of_date
    where deals.is_won
    group by deals.organization_id

),

conversions as (

    select
        organization_id,
        count(*) as deal_count,
        sum(revenue) as deal_value
    from {{ ref('int_attribution_conversions') }}
    where
        conversion_type = 'deal'
        and is_counted
    group by organization_id

)

select
    deals.*,
    conversions.*
from deals
full outer join conversions
    on deals.organization_id = conversions.organization_id
where
    deals.organization_id is null
    or conversions.organization_id is null
    or deals.deal_count <> conversions.deal_count
    or deals.deal_value <> conversions.deal_value
