{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id', 'valid_from'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'valid_from']]),
        meta={'stands': 'valid_from', 'in_order': ['accounts', 'members']}
    )
}}

{% set attributes = [
    'customer_name', 'email', 'phone', 'domain', 'industry', 'naics', 'address', 'city', 'state', 'country',
    'zip_code', 'employee_count', 'annual_revenue', 'birth_year', 'membership_type', 'membership_status',
    'customer_since'
] -%}
{% set key = ['organization_id', 'customer_type', 'customer_id'] -%}

{% set bounds = build_bounds() -%}

-- Dated lists become versions: one row for as long as a customer stood in every full list with the same attributes.
-- From lists of changes alone nobody is missing.

with build_window as (

    {{ build_window() }}

),

snapshots as (

    select
        loads.organization_id,
        loads.customer_type,
        loads.export_date as snapshot_date,
        loads.load_id <= build_window.from_load_id
        and loads.export_date <= build_window.from_date as is_seen,
        row_number() over (
            partition by loads.organization_id, loads.customer_type
            order by loads.export_date
        ) as snapshot_number,
        deliveries.delivery = 'snapshot' as is_full_list,
        case when deliveries.delivery = 'snapshot' then lead(loads.export_date) over (
            partition by loads.organization_id, loads.customer_type
            order by loads.export_date
        ) end as next_snapshot_date
    from (
        select
            organization_id,
            export,
            case when export = 'members' then 'member' else 'account' end as customer_type,
            export_date,
            max(load_id) as load_id
        from {{ source('ops', 'file_loads') }}
        where
            status = 'loaded'
            and export in ('accounts', 'members')
        group by organization_id, export, export_date
    ) as loads
    inner join {{ source('raw', 'organization_exports') }} as deliveries
        on
            loads.organization_id = deliveries.organization_id
            and loads.export = deliveries.export
    inner join build_window
        on
            loads.organization_id = build_window.organization_id
            and loads.export_date <= build_window.as_of_date
            and loads.load_id <= build_window.through_load_id

),

listed as (

    select
        accounts.organization_id,
        'account' as customer_type,
        accounts.customer_id,
        accounts.customer_name,
        accounts.email,
        cast(null as {{ dbt.type_string() }}) as phone,
        accounts.domain,
        accounts.industry,
        accounts.naics,
        cast(null as {{ dbt.type_string() }}) as address,
        accounts.city,
        accounts.state,
        accounts.country,
        accounts.zip_code,
        accounts.employee_count,
        accounts.annual_revenue,
        cast(null as bigint) as birth_year,
        cast(null as {{ dbt.type_string() }}) as membership_type,
        cast(null as {{ dbt.type_string() }}) as membership_status,
        accounts.created_date as customer_since,
        accounts._export_date,
        accounts._load_id,
        accounts._file,
        accounts._line
    from {{ source('raw', 'accounts') }} as accounts

    union all

    select
        members.organization_id,
        'member' as customer_type,
        members.member_id as customer_id,
        members.name as customer_name,
        members.email,
        members.phone,
        cast(null as {{ dbt.type_string() }}) as domain,
        cast(null as {{ dbt.type_string() }}) as industry,
        cast(null as {{ dbt.type_string() }}) as naics,
        members.home_address as address,
        cast(null as {{ dbt.type_string() }}) as city,
        cast(null as {{ dbt.type_string() }}) as state,
        cast(null as {{ dbt.type_string() }}) as country,
        members.home_zip_code as zip_code,
        cast(null as bigint) as employee_count,
        cast(null as numeric(18, 2)) as annual_revenue,
        members.birth_year,
        members.membership_type,
        members.status as membership_status,
        members.join_date as customer_since,
        members._export_date,
        members._load_id,
        members._file,
        members._line
    from {{ source('raw', 'members') }} as members

),

newly_listed as (

    select
        listed.*,
        snapshots.snapshot_number,
        snapshots.is_full_list,
        snapshots.next_snapshot_date,
        row_number() over (
            partition by listed.organization_id, listed.customer_type, listed.customer_id, listed._export_date
            order by {{ binary('listed._file') }} desc, listed._line desc
        ) as listing_rank
    from listed
    inner join snapshots
        on
            listed.organization_id = snapshots.organization_id
            and listed.customer_type = snapshots.customer_type
            and listed._export_date = snapshots.snapshot_date
    inner join build_window
        on
            listed.organization_id = build_window.organization_id
            and listed._load_id <= build_window.through_load_id
    where
        not snapshots.is_seen
        and (
            listed._load_id > {{ bounds['from_load_id'] }}
            {%- if bounds['from_date'] %}
            or listed._export_date > date '{{ bounds["from_date"] }}'
            {%- endif %}
        )

),

spans as (

    select
        {{ key | join(',\n        ') }},
        {{ attributes | join(',\n        ') }},
        _export_date as seen_from,
        snapshot_number as first_number,
        snapshot_number as last_number,
        is_full_list,
        next_snapshot_date
    from newly_listed
    where listing_rank = 1
    {%- if is_incremental() %}

    union all

    select
        standing.{{ key | join(',\n        standing.') }},
        standing.{{ attributes | join(',\n        standing.') }},
        standing.valid_from as seen_from,
        cast(null as bigint) as first_number,
        coalesce(missed.snapshot_number - 1, seen.snapshot_number) as last_number,
        seen.is_full_list,
        case when seen.is_full_list then coalesce(standing.valid_to, seen.next_snapshot_date) end as next_snapshot_date
    from {{ this }} as standing
    inner join build_window
        on standing.organization_id = build_window.organization_id
    inner join (
        select
            organization_id,
            customer_type,
            max(case when is_seen then snapshot_number end) as snapshot_number,
            bool_and(is_full_list) as is_full_list,
            min(case when not is_seen then snapshot_date end) as next_snapshot_date
        from snapshots
        group by organization_id, customer_type
    ) as seen
        on
            standing.organization_id = seen.organization_id
            and standing.customer_type = seen.customer_type
    left join snapshots as missed
        on
            standing.organization_id = missed.organization_id
            and standing.customer_type = missed.customer_type
            and standing.valid_to = missed.snapshot_date
    where
        standing.is_current
        and not build_window.is_rebuild
    {%- endif %}

),

hashed as (

    select
        *,
        md5(
            concat_ws(
                chr(31),
                {% for attribute in attributes -%}
                coalesce(cast({{ attribute }} as {{ dbt.type_string() }}), chr(30)){{ ',' if not loop.last }}
                {% endfor %}
            )
        ) as attributes_hash
    from spans

),

compared as (

    select
        *,
        lag(attributes_hash) over customer as previous_hash,
        lag(last_number) over customer as previous_number,
        lag(next_snapshot_date) over customer as previous_next_date,
        first_value(next_snapshot_date) over (
            partition by {{ key | join(', ') }} order by seen_from desc
        ) as newest_next_date
    from hashed
    window customer as (partition by {{ key | join(', ') }} order by seen_from)

),

versions as (

    select
        *,
        case
            when is_full_list then lead(previous_next_date) over customer
            else lead(seen_from) over customer
        end as version_next_date,
        lead(seen_from) over customer is null as is_current
    from compared
    where
        previous_hash is null
        or previous_hash <> attributes_hash
        or (is_full_list and previous_number <> first_number - 1)
    window customer as (partition by {{ key | join(', ') }} order by seen_from)

),

final as (

    select
        {{ key | join(',\n        ') }},
        {{ attributes | join(',\n        ') }},
        seen_from as valid_from,
        case when is_current then newest_next_date else version_next_date end as valid_to,
        is_current
    from versions

)

select * from final
