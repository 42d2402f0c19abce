with metrics as (

    select * from {{ ref('customer_metrics') }}

),

totals as (

    select
        organization_id,
        as_of_date,
        currency,
        count(*) as total_customers,
        count(case when is_top_20 then 1 end) as top20_count,
        count(case when not is_top_20 then 1 end) as others_count,
        sum(total_gross_margin) as total_margin,
        coalesce(sum(case when is_top_20 then total_gross_margin end), 0) as top20_margin,
        coalesce(sum(case when not is_top_20 then total_gross_margin end), 0) as others_margin,
        sum(case when is_top_20 then {{ exact('order_frequency') }} end) as top20_frequency,
        sum(case when not is_top_20 then {{ exact('order_frequency') }} end) as others_frequency,
        sum(case when is_top_20 then product_categories_count end) as top20_categories,
        sum(case when not is_top_20 then product_categories_count end) as others_categories
    from metrics
    group by organization_id, as_of_date, currency

),

averages as (

    select
        *,
        {{ divide_money('top20_margin', 'top20_count') }} as top20_avg_margin,
        {{ divide_money('others_margin', 'others_count') }} as others_avg_margin
    from totals

),

final as (

    select
        organization_id,
        as_of_date,
        currency,
        total_customers,
        top20_count,
        cast(total_margin as numeric(18, 2)) as total_margin,
        cast(top20_margin as numeric(18, 2)) as top20_margin,
        case when total_margin > 0 then 100 * {{ ratio('top20_margin', 'total_margin') }} end
            as top20_margin_share_percent,
        top20_avg_margin,
        others_avg_margin,
        case
            when others_margin > 0
                then {{ ratio('top20_margin', 'top20_count') }} / ({{ ratio('others_margin', 'others_count') }})
        end as margin_lift,
        {{ ratio('top20_frequency', 'top20_count') }} as top20_avg_order_frequency,
        {{ ratio('others_frequency', 'others_count') }} as others_avg_order_frequency,
        {{ ratio('top20_categories', 'top20_count') }} as top20_avg_product_categories,
        {{ ratio('others_categories', 'others_count') }} as others_avg_product_categories
    from averages

)

select * from final
