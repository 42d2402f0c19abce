{{ config(indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

customers as (

    select
        organization_id,
        customer_type,
        customer_id,
        customer_name
    from {{ ref('dim_customer') }}
    where
        is_current
        and customer_type <> 'unknown'

),

lifetime as (

    select * from {{ ref('int_customer_lifetime') }}

),

organizations as (

    select * from {{ ref('dim_organization') }}

),

totals as (

    select
        customers.organization_id,
        customers.customer_type,
        customers.customer_id,
        customers.customer_name,
        as_of.as_of_date,
        organizations.currency,
        coalesce(lifetime.total_revenue, 0) as total_revenue,
        coalesce(lifetime.total_gross_margin, 0) as total_gross_margin,
        coalesce(lifetime.assumed_margin_count, 0) > 0 as is_margin_assumed,
        coalesce(lifetime.order_count, 0) as order_count,
        coalesce(lifetime.refund_count, 0) as refund_count,
        coalesce(lifetime.cancelled_count, 0) as cancelled_count,
        lifetime.first_order_date,
        lifetime.last_order_date,
        coalesce({{ dbt.datediff('lifetime.first_order_date', 'lifetime.last_order_date', 'day') }}, 0)
            as days_as_customer,
        coalesce(lifetime.active_months, 0) as active_months,
        coalesce(lifetime.product_categories_count, 0) as product_categories_count,
        {{ dbt.datediff('lifetime.last_order_date', 'as_of.as_of_date', 'day') }}
            as recency_days
    from customers
    inner join as_of
        on customers.organization_id = as_of.organization_id
    inner join organizations
        on customers.organization_id = organizations.organization_id
    left join lifetime
        on
            customers.organization_id = lifetime.organization_id
            and customers.customer_type = lifetime.customer_type
            and customers.customer_id = lifetime.customer_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id
            order by total_gross_margin desc, {{ binary('customer_id') }}, {{ binary('customer_type') }}
        ) as margin_rank,
        count(*) over (partition by organization_id) as customer_count,
        count(case when total_gross_margin > 0 then 1 end) over (partition by organization_id) as profitable_count
    from totals

),

final as (

    select
        organization_id,
        customer_type,
        customer_id,
        customer_name,
        as_of_date,
        currency,
        cast(total_revenue as numeric(18, 2)) as total_revenue,
        cast(total_gross_margin as numeric(18, 2)) as total_gross_margin,
        is_margin_assumed,
        case
            when total_revenue > 0 then 100 * {{ ratio('total_gross_margin', 'total_revenue') }}
            else 0
        end as gross_margin_percent,
        order_count,
        cast(coalesce({{ divide_money('total_revenue', 'order_count') }}, 0) as numeric(18, 2)) as avg_order_value,
        first_order_date,
        last_order_date,
        cast(days_as_customer as integer) as days_as_customer,
        case
            when days_as_customer > 0 then 30 * {{ ratio('order_count', 'days_as_customer') }}
            else 0
        end as order_frequency,
        cast(active_months as integer) as active_months,
        case
            when days_as_customer > 0
                then least(100, 100 * active_months / greatest({{ ratio('days_as_customer', '30') }}, 1))
            else 0
        end as consistency_score,
        cast(product_categories_count as integer) as product_categories_count,
        cast(recency_days as integer) as recency_days,
        refund_count,
        cancelled_count,
        coalesce({{ ratio('cancelled_count', 'order_count + cancelled_count') }}, 0) as return_rate,
        cast(margin_rank as integer) as margin_rank,
        100 * {{ ratio('customer_count - margin_rank + 1', 'customer_count') }} as percentile_rank,
        total_gross_margin > 0
        -- ceil(0.2 x n) in whole numbers, where a fifth of a double would round up too far
        and margin_rank <= floor((profitable_count + 4) / 5.0) as is_top_20
    from ranked

)

select * from final
