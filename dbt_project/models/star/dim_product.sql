{{
    config(
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'product_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'product_id']]),
        meta={'stands': 'named_at', 'upstream': ['fct_order_lines']}
    )
}}

-- Order lines are the only list of products that a source gives. A product is what its newest sale says; lines that
-- sell nothing (stock corrections, write-offs) carry remarks for names and speak only where there is no sale.

with build_window as (  -- noqa: ST03

    {{ build_window() }}

),

lines as (

    select
        organization_id,
        product_id,
        product_name,
        product_category,
        is_product,
        product_name is not null and quantity > 0 and unit_price > 0 as is_named_by_sale,
        ordered_at as named_at,
        order_id as named_by_order_id,
        line_number as named_by_line_number
    from {{ ref('fct_order_lines') }}

),

{% if is_incremental() -%}
touched_orders as (

    {{ touched('touched_orders', ['order_id']) }}

),

-- products whose naming line may have gone: only these are looked for in all lines again
unnamed as (

    select
        standing.organization_id,
        standing.product_id
    from {{ this }} as standing
    inner join touched_orders
        on
            standing.organization_id = touched_orders.organization_id
            and standing.named_by_order_id = touched_orders.order_id

),

candidates as (

    select lines.*
    from lines
    inner join touched_orders
        on
            lines.organization_id = touched_orders.organization_id
            and lines.named_by_order_id = touched_orders.order_id

    union

    select lines.*
    from lines
    inner join unnamed
        on
            lines.organization_id = unnamed.organization_id
            and lines.product_id = unnamed.product_id
    {%- if build_bounds()['rebuilds'] %}

    union

    select lines.*
    from lines
    inner join build_window
        on lines.organization_id = build_window.organization_id
    where build_window.is_rebuild
    {%- endif %}

    union

    select
        standing.organization_id,
        standing.product_id,
        standing.product_name,
        standing.product_category,
        standing.is_product,
        standing.is_named_by_sale,
        standing.named_at,
        standing.named_by_order_id,
        standing.named_by_line_number
    from {{ this }} as standing
    inner join build_window
        on standing.organization_id = build_window.organization_id
    left join unnamed
        on
            standing.organization_id = unnamed.organization_id
            and standing.product_id = unnamed.product_id
    where
        unnamed.product_id is null
        and not build_window.is_rebuild

),

{% else -%}
unnamed as (

    select
        organization_id,
        product_id
    from lines
    where 1 = 0

),

candidates as (

    select * from lines

),

{% endif -%}
ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, product_id
            order by
                is_named_by_sale desc,
                named_at desc,
                {{ binary('named_by_order_id') }} desc,
                named_by_line_number desc
        ) as name_rank
    from candidates

),

final as (

    select
        organization_id,
        product_id,
        ranked.product_name,
        ranked.product_category,
        ranked.is_product,
        ranked.is_named_by_sale,
        ranked.named_at,
        ranked.named_by_order_id,
        ranked.named_by_line_number
    from (
        select * from ranked
        where name_rank = 1
    ) as ranked
    full outer join unnamed using (organization_id, product_id)

)

select * from final
