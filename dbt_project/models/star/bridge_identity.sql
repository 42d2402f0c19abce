{{
    config(
        indexes=btree([
            ['organization_id', 'identity_kind', 'record_type', 'record_id'],
            ['organization_id', 'identity_id']
        ])
    )
}}

-- Records that are the same person or company under several ids. Nothing is merged: who wants one row per identity
-- groups by identity_id, who trusts only sure links filters by confidence.

with links as (

    select * from {{ ref('identity_links') }}
    where is_current

),

final as (

    select
        organization_id,
        identity_kind,
        identity_id,
        record_type,
        record_id,
        case when record_type in ('account', 'member') then record_type end as customer_type,
        case when record_type in ('account', 'member') then record_id end as customer_id,
        case when record_type = 'lead' then record_id end as lead_id,
        case when record_type = 'employer' then record_id end as employer_id,
        case when record_type = 'prospect' then record_id end as prospect_id,
        is_primary,
        record_count,
        linked_record_type,
        linked_record_id,
        confidence,
        method,
        reason,
        scored_as_of as linked_as_of
    from links

)

select * from final
