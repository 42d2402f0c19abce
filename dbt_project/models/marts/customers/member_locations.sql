{{ config(indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Where members live, rounded to about a hundred metres: exact places stay in int_home_places, for their owner.

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

members as (

    select * from {{ ref('dim_customer') }}
    where
        customer_type = 'member'
        and is_current
        and is_listed

),

places as (

    select
        {{ customer | join(',\n        ') }},
        tract_id,
        is_made_up,
        cast(round({{ exact('latitude') }}, 3) as numeric(9, 3)) as latitude,
        cast(round({{ exact('longitude') }}, 3) as numeric(9, 3)) as longitude
    from {{ ref('int_home_places') }}
    where is_home

),

segments as (

    select * from {{ ref('customer_segments') }}

),

final as (

    select
        members.{{ customer | join(',\n        members.') }},
        members.customer_name,
        as_of.as_of_date,
        segments.segment_id,
        places.latitude,
        places.longitude,
        places.tract_id,
        places.is_made_up,
        -- null where the place is not known
        '{"type":"Feature","geometry":{"type":"Point","coordinates":['
        || cast(places.longitude as {{ dbt.type_string() }}) || ',' || cast(places.latitude as {{ dbt.type_string() }})
        || ']},"properties":{"member_id":' || {{ json_text('members.customer_id') }}
        || ',"segment":' || {{ json_text('segments.segment_id') }}
        || ',"tract":' || {{ json_text('places.tract_id') }} || '}}' as feature
    from members
    inner join as_of
        on members.organization_id = as_of.organization_id
    left join places
        on {{ same_key('members', 'places', customer) }}
    left join segments
        on {{ same_key('members', 'segments', customer) }}

)

select * from final
