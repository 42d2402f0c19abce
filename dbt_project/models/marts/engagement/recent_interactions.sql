{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

with ranked as (

    select
        interactions.*,
        row_number() over (
            partition by interactions.{{ customer | join(', interactions.') }}
            order by interactions.interaction_at desc, {{ binary('interactions.interaction_id') }} desc
        ) as interaction_rank
    from {{ ref('fct_interactions') }} as interactions
    inner join {{ ref('as_of_dates') }} as as_of
        on
            interactions.organization_id = as_of.organization_id
            and interactions.interaction_date <= as_of.as_of_date
    where interactions.customer_type <> 'unknown'

),

final as (

    select
        {{ customer | join(',\n        ') }},
        cast(interaction_rank as integer) as interaction_rank,
        interaction_id,
        interaction_type,
        subject,
        description,
        status,
        interaction_at,
        interaction_date,
        created_by
    from ranked
    where interaction_rank <= 20

)

select * from final
