-- At the as-of date the features of a customer are what the metrics say, and no customer is left out.
{{ config(meta={'dagster': {'ref': {'name': 'customer_features'}}}) }}

with features as (

    select * from {{ ref('customer_features') }}
    where is_current

)

select
    metrics.organization_id,
    metrics.customer_type,
    metrics.customer_id
from {{ ref('customer_metrics') }} as metrics
left join features
    on
        metrics.organization_id = features.organization_id
        and metrics.customer_type = features.customer_type
        and metrics.customer_id = features.customer_id
where
    features.cutoff is null
    or metrics.as_of_date <> features.cutoff
    or metrics.total_revenue <> features.total_revenue
    or metrics.total_gross_margin <> features.total_gross_margin
    or metrics.order_count <> features.transaction_count
    or metrics.recency_days is distinct from features.recency_days
