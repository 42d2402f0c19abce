{#-
Every transaction as it stands, and as it stood before corrections, with the days on which that was what was known.

only  relation with some of the columns `by`, where no others are wanted, perhaps with an alias: joined where facts are
      read, so that an engine looks them up instead of reading all
-#}
{% macro known_transactions(only=none, by=[]) -%}
    {%- set only_name = (only | string).split(' as ') | last if only -%}
    {%- set columns = [
        'organization_id', 'transaction_type', 'transaction_id', 'customer_type', 'customer_id', 'transaction_at',
        'transaction_date', 'revenue', 'gross_margin', 'status', 'is_cancelled', 'is_refund'
    ] -%}
    select
        transactions.{{ columns | join(',\n        transactions.') }},
        {{ known_from(
            'transactions.transaction_date',
            'transactions._export_date',
            "case transactions.transaction_type when 'booking' then firsts.booking_date "
            "when 'shipment' then firsts.shipment_date else firsts.order_date end"
        ) }} as known_from,
        cast(null as date) as known_to
    from (
        {%- if only %}
        -- materialized: these few first, before anything is guessed about what they are joined with
        with wanted as materialized (
            select fact.*
            from {{ ref('fct_transactions') }} as fact
            inner join {{ only }}
                on {{ same_key('fact', only_name, by) }}
        )

        select * from wanted
        {%- else %}
        select * from {{ ref('fct_transactions') }}
        {%- endif %}
    ) as transactions
    inner join ({{ first_transactions() }}) as firsts
        on transactions.organization_id = firsts.organization_id

    union all

    select
        superseded.{{ columns | join(',\n        superseded.') }},
        superseded.known_from,
        superseded.known_to
    from {{ ref('int_superseded_transactions') }} as superseded
    {%- if only %}
    inner join {{ only }}
        on {{ same_key('superseded', only_name, by) }}
    {%- endif %}
{%- endmacro %}

{#- The first days for which transactions came: one row per organization, which leaves no planner in doubt. -#}
{% macro first_transactions() -%}
    select
        as_of.organization_id,
        min(case when deliveries.export = 'bookings' then deliveries.first_export_date end) as booking_date,
        min(case when deliveries.export = 'shipments' then deliveries.first_export_date end) as shipment_date,
        min(
            case
                when as_of.delivers_orders and deliveries.export = 'orders' then deliveries.first_export_date
                when not as_of.delivers_orders and deliveries.export = 'order_lines' then deliveries.first_export_date
            end
        ) as order_date
    from {{ ref('as_of_dates') }} as as_of
    inner join {{ ref('int_deliveries') }} as deliveries
        on as_of.organization_id = deliveries.organization_id
    group by as_of.organization_id
{%- endmacro %}

{#- The first day for which each export came. -#}
{% macro first_deliveries() -%}
    select distinct
        organization_id,
        export,
        first_export_date
    from {{ ref('int_deliveries') }}
{%- endmacro %}
