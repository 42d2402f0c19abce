{{ config(materialized='view') }}

-- Whether customers allow to be asked for at third parties, of those who said so by the as-of date. A consent names an
-- id without a type, which is the account's where there is one; an id is to be forgotten in whichever list it stands.

with told as (

    select
        consents.organization_id,
        types.customer_type,
        consents.customer_id,
        consents.granted
    from {{ ref('stg_consents') }} as consents
    inner join {{ ref('int_customer_types') }} as types
        on
            consents.organization_id = types.organization_id
            and consents.customer_id = types.customer_id
    where consents.purpose = 'enrichment'

    union all

    select
        erasures.organization_id,
        versions.customer_type,
        erasures.customer_id,
        false as granted
    from {{ ref('stg_erasure_requests') }} as erasures
    inner join {{ ref('int_customer_versions') }} as versions
        on
            erasures.organization_id = versions.organization_id
            and erasures.customer_id = versions.customer_id

),

final as (

    select
        organization_id,
        customer_type,
        customer_id,
        min(case when granted then 1 else 0 end) = 1 as is_granted
    from told
    group by organization_id, customer_type, customer_id

)

select * from final
