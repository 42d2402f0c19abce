with ranked as (

    select
        *,
        row_number() over (
            partition by organization_id
            order by interaction_at desc, {{ binary('interaction_id') }} desc
        ) as activity_rank
    from {{ ref('recent_interactions') }}

),

final as (

    select
        ranked.organization_id,
        cast(ranked.activity_rank as integer) as activity_rank,
        ranked.customer_type,
        ranked.customer_id,
        customers.customer_name,
        ranked.interaction_id,
        ranked.interaction_type,
        ranked.subject,
        ranked.status,
        ranked.interaction_at
    from ranked
    inner join {{ ref('dim_customer') }} as customers
        on
            {{ same_key('ranked', 'customers', ['organization_id', 'customer_type', 'customer_id']) }}
            and customers.is_current
    where ranked.activity_rank <= 20

)

select * from final
