-- The channels of each model add up to all conversions and all revenue of each type of purchase.
{{ config(meta={'dagster': {'ref': {'name': 'channel_attribution'}}}) }}

with conversions as (

    select * from {{ ref('int_attribution_conversions') }}
    where is_counted

),

totals as (

    select
        organization_id,
        purchase_type,
        count(*) as conversions,
        sum(revenue) as revenue
    from conversions
    group by organization_id, purchase_type

    union all

    select
        organization_id,
        'all' as purchase_type,
        count(*) as conversions,
        sum(revenue) as revenue
    from conversions
    group by organization_id

),

models as (

    select
        organization_id,
        purchase_type,
        model,
        sum(conversions) as conversions,
        sum(revenue) as revenue
    from {{ ref('channel_attribution') }}
    group by organization_id, purchase_type, model

)

select
    totals.*,
    models.*
from totals
full outer join models
    on
        totals.organization_id = models.organization_id
        and totals.purchase_type = models.purchase_type
where
    totals.organization_id is null
    or models.organization_id is null
    or totals.conversions <> models.conversions
    or coalesce(totals.revenue <> models.revenue, totals.revenue is not null or models.revenue is not null)
