-- Who is counted with a state or an industry stands in the dimension with it, and in the metrics among the best or not.
{{ config(meta={'dagster': {'ref': {'name': 'icp_traits'}}}) }}

with customers as (

    select * from {{ ref('dim_customer') }}
    where is_current

),

attributes as (

    select
        organization_id,
        customer_type,
        customer_id,
        'state' as trait_name,
        state as trait_value
    from customers

    union all

    select
        organization_id,
        customer_type,
        customer_id,
        'industry' as trait_name,
        industry as trait_value
    from customers

),

counted as (

    select
        metrics.organization_id,
        attributes.trait_name,
        attributes.trait_value,
        count(case when metrics.is_top_20 then 1 end) as support,
        count(case when not metrics.is_top_20 then 1 end) as others_count
    from {{ ref('customer_metrics') }} as metrics
    inner join attributes
        on
            metrics.organization_id = attributes.organization_id
            and metrics.customer_type = attributes.customer_type
            and metrics.customer_id = attributes.customer_id
    group by metrics.organization_id, attributes.trait_name, attributes.trait_value

)

select
    traits.organization_id,
    traits.trait_name,
    traits.trait_value
from {{ ref('icp_traits') }} as traits
left join counted
    on
        traits.organization_id = counted.organization_id
        and traits.trait_name = counted.trait_name
        and traits.trait_value = counted.trait_value
where
    traits.trait_name in ('state', 'industry')
    and (
        traits.support <> coalesce(counted.support, 0)
        or traits.others_count <> coalesce(counted.others_count, 0)
    )
