-- depends_on: {{ ref('fct_orders') }}, {{ ref('fct_bookings') }}, {{ ref('fct_shipments') }}
-- depends_on: {{ ref('fct_order_lines') }}, {{ ref('fct_interactions') }}, {{ ref('fct_visits') }}
-- depends_on: {{ ref('fct_survey_responses') }}, {{ ref('fct_support_tickets') }}, {{ ref('int_customer_versions') }}
-- depends_on: {{ ref('int_superseded_transactions') }}, {{ ref('int_superseded_lines') }}
-- depends_on: {{ ref('int_known_days') }}, {{ ref('int_known_contacts') }}
{{ config(schema='staging') }}

-- What customer_features has to take in, for the models that prepare it. A delivery that is loaded in its turn tells of
-- days after the last as-of date alone, so a further day costs that day. What tells of earlier ones is late: a file of
-- a day that was built before, or an export's first file, which holds its history.

{% set exports = "('orders', 'order_lines', 'bookings', 'shipments')" -%}

with build_window as (

    {{ build_window(of='customer_features') }}

),

late as (

    select distinct build_window.organization_id
    from build_window
    inner join {{ source('ops', 'file_loads') }} as loads
        on
            build_window.organization_id = loads.organization_id
            and build_window.from_date >= loads.export_date
            and build_window.from_load_id < loads.load_id
            and build_window.through_load_id >= loads.load_id
    where
        loads.status = 'loaded'
        and loads.export in {{ exports }}

    union

    select distinct build_window.organization_id
    from build_window
    inner join {{ ref('int_deliveries') }} as deliveries
        on
            build_window.organization_id = deliveries.organization_id
            and build_window.from_date < deliveries.first_export_date
    where deliveries.export in {{ exports }}

),

final as (

    select
        build_window.organization_id,
        {% if flags.FULL_REFRESH -%}
        date '0001-01-01' as from_date,
        build_window.as_of_date,
        cast(0 as bigint) as from_load_id,
        build_window.through_load_id,
        cast(0 as bigint) as from_build_id,
        true as is_rebuild,
        false as is_late
        {%- else -%}
        build_window.from_date,
        build_window.as_of_date,
        build_window.from_load_id,
        build_window.through_load_id,
        build_window.from_build_id,
        build_window.is_rebuild,
        not build_window.is_rebuild and late.organization_id is not null as is_late
        {%- endif %}
    from build_window
    left join late
        on build_window.organization_id = late.organization_id

)

select * from final
