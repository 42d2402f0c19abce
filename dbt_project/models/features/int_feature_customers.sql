-- depends_on: {{ ref('int_known_days') }}, {{ ref('int_known_contacts') }}
{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set bounds = feature_bounds() -%}

-- Customers whose facts are read beyond what the window's days brought. Nobody where every organization is made anew:
-- then all are read anyway.

with build_window as (

    select * from {{ ref('int_feature_window') }}

),

touched_days as (

    {{ touched('touched_customer_days', customer[1:]) }}

    union

    {{ touched('touched_past_days', customer[1:]) }}

),

touched_orders as (

    {{ touched('touched_orders', ['order_id']) }}

    union

    {{ touched('touched_past_orders', ['order_id']) }}

),

touched_contacts as (

    {{ touched('touched_contacts', customer[1:] + ['known_from']) }}

),

touched_types as (

    {{ touched('touched_customer_types', ['customer_id']) }}

),

touched_order_customers as (

    select orders.{{ customer | join(',\n        orders.') }}
    from touched_orders
    inner join {{ ref('fct_orders') }} as orders
        on
            touched_orders.organization_id = orders.organization_id
            and touched_orders.order_id = orders.order_id

    union

    select orders.{{ customer | join(',\n        orders.') }}
    from touched_orders
    inner join {{ ref('int_superseded_transactions') }} as orders
        on
            touched_orders.organization_id = orders.organization_id
            and touched_orders.order_id = orders.transaction_id
            and orders.transaction_type = 'order'

),

customer_types as (

    select 'account' as customer_type
    union all
    select 'member' as customer_type

),

late_lists as (

    select distinct
        build_window.organization_id,
        case when loads.export = 'members' then 'member' else 'account' end as customer_type,
        loads.export_date
    from build_window
    inner join {{ source('ops', 'file_loads') }} as loads
        on
            build_window.organization_id = loads.organization_id
            and build_window.from_date >= loads.export_date
            and build_window.from_load_id < loads.load_id
            and build_window.through_load_id >= loads.load_id
    where
        loads.status = 'loaded'
        and loads.export in ('accounts', 'members')
        and not build_window.is_rebuild

),

listed as (

    select distinct {{ customer | join(', ') }}
    from {{ ref('int_customer_versions') }}

),

reasons as (

    -- late transactions and lines
    select
        touched.{{ customer | join(',\n        touched.') }},
        true as is_read_again,
        false as has_new_days
    from (
        select * from touched_days
        union
        select * from touched_order_customers
    ) as touched
    inner join build_window
        on touched.organization_id = build_window.organization_id
    where build_window.is_late

    union all

    -- contacts that were known before, or ought to have been
    select
        touched.{{ customer | join(',\n        touched.') }},
        true as is_read_again,
        false as has_new_days
    from touched_contacts as touched
    inner join build_window
        on
            touched.organization_id = build_window.organization_id
            and touched.known_from <= build_window.from_date

    union all

    -- attributes that a late list changed; where it comes before one that was seen, all are made anew
    select
        versions.{{ customer | join(',\n        versions.') }},
        true as is_read_again,
        false as has_new_days
    from {{ ref('int_customer_versions') }} as versions
    inner join late_lists
        on
            versions.organization_id = late_lists.organization_id
            and versions.customer_type = late_lists.customer_type
            and late_lists.export_date in (versions.valid_from, versions.valid_to)

    union all

    -- ids that turned out to be of another list
    select
        touched.organization_id,
        customer_types.customer_type,
        touched.customer_id,
        true as is_read_again,
        false as has_new_days
    from touched_types as touched
    cross join customer_types

    union all

    -- customers who may be back: they were none while all that they had was said to be another's
    select
        superseded.{{ customer | join(',\n        superseded.') }},
        true as is_read_again,
        false as has_new_days
    from touched_days
    inner join {{ ref('int_superseded_transactions') }} as superseded
        on
            {{ same_key('touched_days', 'superseded', customer) }}
            and superseded.is_moved
    left join listed
        on {{ same_key('touched_days', 'listed', customer) }}
    where listed.customer_id is null
    {%- if not bounds['whole'] %}

    union all

    select
        facts.{{ customer | join(',\n        facts.') }},
        true as is_read_again,
        false as has_new_days
    from (
        select {{ customer | join(', ') }} from {{ ref('int_known_days') }}
        union
        select {{ customer | join(', ') }} from {{ ref('int_known_contacts') }}
    ) as facts
    inner join build_window
        on facts.organization_id = build_window.organization_id
    where build_window.is_rebuild

    union all

    -- what the window's days brought, or took out of the last 365 days
    select
        days.{{ customer | join(',\n        days.') }},
        false as is_read_again,
        {{ in_feature_window('days') }} as has_new_days
    from {{ ref('int_known_days') }} as days
    where {{ in_feature_window('days', 'transaction_date', [365]) }}

    union all

    select
        {{ customer | join(',\n        ') }},
        false as is_read_again,
        false as has_new_days
    from touched_order_customers
    {%- endif %}

),

final as (

    select
        {{ customer | join(',\n        ') }},
        bool_or(is_read_again) as is_read_again,
        coalesce(bool_or(has_new_days), false) as has_new_days
    from reasons
    where
        customer_type <> 'unknown'
        {%- if bounds['whole'] %}
        and 1 = 0
        {%- endif %}
    group by {{ customer | join(', ') }}

)

select * from final
