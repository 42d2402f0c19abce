-- At the as-of date, every customer has one row of tiers, and what it says was brought so far is what metrics say.
{{ config(meta={'dagster': {'ref': {'name': 'customer_tiers'}}}) }}

with tiers as (

    select * from {{ ref('customer_tiers') }}
    where is_current

)

select
    metrics.organization_id,
    metrics.customer_type,
    metrics.customer_id
from {{ ref('customer_metrics') }} as metrics
full outer join tiers
    on
        metrics.organization_id = tiers.organization_id
        and metrics.customer_type = tiers.customer_type
        and metrics.customer_id = tiers.customer_id
where
    metrics.organization_id is null
    or tiers.organization_id is null
    or metrics.total_revenue <> tiers.total_revenue
    or metrics.total_gross_margin <> tiers.total_gross_margin
    or metrics.recency_days is distinct from tiers.recency_days
