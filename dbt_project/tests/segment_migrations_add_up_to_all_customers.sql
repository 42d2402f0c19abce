-- Every customer of a day came from somewhere: each matrix counts all of them, and every month but the first has one by
-- rules over purchases. Of the days that were scored, a month's last has one.
{{ config(meta={'dagster': {'ref': {'name': 'segment_migrations'}}}) }}

with customers as (

    select
        organization_id,
        as_of_date,
        false as is_scored,
        {{ month_index('as_of_date') }} > min({{ month_index('as_of_date') }}) over (partition by organization_id)
            as is_expected,
        count(*) as customer_count
    from {{ ref('customer_tiers') }}
    group by organization_id, as_of_date

    union all

    select
        organization_id,
        scored_as_of as as_of_date,
        true as is_scored,
        false as is_expected,
        count(*) as customer_count
    from {{ ref('customer_segment_history') }}
    group by organization_id, scored_as_of

),

matrices as (

    select
        organization_id,
        as_of_date,
        segment_type,
        segment_type in ('segment_id', 'cluster_id') as is_scored,
        sum(customer_count) as customer_count
    from {{ ref('segment_migrations') }}
    group by organization_id, as_of_date, segment_type

)

select
    customers.*,
    matrices.segment_type
from customers
full join matrices
    on
        customers.organization_id = matrices.organization_id
        and customers.as_of_date = matrices.as_of_date
        and customers.is_scored = matrices.is_scored
where
    customers.organization_id is null
    or (matrices.organization_id is null and customers.is_expected)
    or customers.customer_count <> matrices.customer_count
