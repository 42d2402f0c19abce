{#-
Every transaction as it stands, and as it stood before corrections, with the days on which that was what was known.

only  relation with some of the columns `by`, where no others are wanted: joined where facts are read, so that an engine
      looks them up instead of reading all
-#}
{% macro known_transactions(only=none, by=[]) -%}
    {%- set columns = [
        'organization_id', 'transaction_type', 'transaction_id', 'customer_type', 'customer_id', 'transaction_at',
        'transaction_date', 'revenue', 'gross_margin', 'status', 'is_cancelled', 'is_refund'
    ] -%}
    select
        transactions.{{ columns | join(',\n        transactions.') }},
        {{ known_from('transactions.transaction_date', 'transactions._export_date', 'firsts.first_export_date') }}
            as known_from,
        cast(null as date) as known_to
    from {{ ref('fct_transactions') }} as transactions
    {%- if only %}
    inner join {{ only }}
        on {{ same_key('transactions', only, by) }}
    {%- endif %}
    inner join {{ ref('as_of_dates') }} as as_of
        on transactions.organization_id = as_of.organization_id
    inner join ({{ first_deliveries() }}) as firsts
        on
            transactions.organization_id = firsts.organization_id
            and firsts.export = case
                when transactions.transaction_type = 'booking' then 'bookings'
                when transactions.transaction_type = 'shipment' then 'shipments'
                when as_of.delivers_orders then 'orders'
                else 'order_lines'
            end

    union all

    select
        superseded.{{ columns | join(',\n        superseded.') }},
        superseded.known_from,
        superseded.known_to
    from {{ ref('int_superseded_transactions') }} as superseded
    {%- if only %}
    inner join {{ only }}
        on {{ same_key('superseded', only, by) }}
    {%- endif %}
{%- endmacro %}

{#- The first day for which each export came. -#}
{% macro first_deliveries() -%}
    select distinct
        organization_id,
        export,
        first_export_date
    from {{ ref('int_deliveries') }}
{%- endmacro %}
