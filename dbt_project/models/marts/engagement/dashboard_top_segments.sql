with segments as (

    select * from {{ ref('segment_engagement') }}
    where customer_count > 0

),

places as (

    select
        organization_id,
        segment_id,
        display_order
    from {{ ref('dim_segment') }}

),

final as (

    select
        segments.organization_id,
        cast(
            row_number() over (
                partition by segments.organization_id
                order by segments.customer_count desc, places.display_order asc
            ) as integer
        ) as segment_rank,
        segments.segment_id,
        segments.display_name,
        segments.customer_count
    from segments
    inner join places
        on
            segments.organization_id = places.organization_id
            and segments.segment_id = places.segment_id

)

select * from final
