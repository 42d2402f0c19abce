{{ config(schema='staging', indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_number']])) }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

{% set purchases = [
    ('transaction_count', 'transaction_count', none),
    ('total_revenue', 'revenue', none),
    ('total_gross_margin', 'gross_margin', none),
    ('morning_count', 'morning_count', none),
    ('evening_count', 'evening_count', none),
] -%}
{% for weekday in range(1, 8) -%}
    {% do purchases.append((
        'weekday_' ~ weekday ~ '_count',
        'case when iso_weekday = ' ~ weekday ~ ' then transaction_count else 0 end',
        none
    )) -%}
{% endfor -%}
{% for window in [30, 90, 180, 365] -%}
    {% do purchases.append(('revenue_' ~ window ~ 'd', 'revenue', window)) -%}
    {% do purchases.append(('margin_' ~ window ~ 'd', 'gross_margin', window)) -%}
    {% do purchases.append(('transactions_' ~ window ~ 'd', 'transaction_count', window)) -%}
{% endfor -%}
{% for outcome in ['cancellation', 'return', 'no_show'] -%}
    {% do purchases.append((outcome ~ 's_365d', outcome ~ '_count', 365)) -%}
{% endfor -%}

{% set contacts = [] -%}
{% for name, kind, amount, window in [
    ('interactions_90d', 'interaction', '1', 90),
    ('interactions_365d', 'interaction', '1', 365),
    ('complaints_365d', 'complaint', '1', 365),
    ('tickets_90d', 'ticket', '1', 90),
    ('tickets_365d', 'ticket', '1', 365),
    ('tickets_opened', 'ticket', '1', none),
    ('tickets_closed', 'closed_ticket', '1', none),
    ('tickets_closed_365d', 'closed_ticket', '1', 365),
    ('ticket_hours_365d', 'closed_ticket', 'amount', 365),
    ('csat_count_365d', 'csat', '1', 365),
    ('csat_sum_365d', 'csat', 'amount', 365),
    ('visits_30d', 'visit', 'amount', 30),
    ('visits_90d', 'visit', 'amount', 90),
    ('survey_responses_365d', 'survey_response', '1', 365),
] -%}
    {% do contacts.append((name, "case when kind = '" ~ kind ~ "' then " ~ amount ~ ' else 0 end', window)) -%}
{% endfor -%}

{% set variety = [
    ('products_365d', "case when kind = 'product' then 1 else 0 end", none),
    ('product_categories_365d', "case when kind = 'category' then 1 else 0 end", none),
] -%}

{% set latest = [
    ('last_interaction_date', "case when kind = 'interaction' then contact_date end"),
    ('last_visit_date', "case when kind = 'visit' then contact_date end"),
    ('last_nps', "case when kind = 'nps' then 16 * (contact_date - date '1900-01-01') + 10 - cast(amount as bigint) end"),
] -%}
{% set sums = (purchases + contacts + variety) | map(attribute=0) | list -%}
{% set latest_types = [('last_interaction_date', 'date'), ('last_visit_date', 'date'), ('last_nps', 'bigint')] -%}

with as_of as (

    select * from {{ ref('as_of_dates') }}

),

days as (

    select
        days.*,
        cast(extract(isodow from days.transaction_date) as integer) as iso_weekday,
        as_of.as_of_date
    from {{ ref('int_known_days') }} as days
    inner join as_of
        on days.organization_id = as_of.organization_id

),

contacts as (

    select
        contacts.*,
        as_of.as_of_date
    from {{ ref('int_known_contacts') }} as contacts
    inner join as_of
        on contacts.organization_id = as_of.organization_id

),

variety as (

    select
        variety.*,
        as_of.as_of_date
    from {{ ref('int_known_variety') }} as variety
    inner join as_of
        on variety.organization_id = as_of.organization_id

),

changes as (

    {{ window_changes('days', 'transaction_date', purchases, [], sums, latest_types) }}
    union all
    {{ window_changes('contacts', 'contact_date', contacts, latest, sums, latest_types) }}
    union all
    {{ window_changes('variety', 'known_from', variety, [], sums, latest_types) }}

),

final as (

    select
        {{ customer | join(',\n        ') }},
        month_number,
        min(known_since) as known_since,
        {%- for name in sums %}
        cast(sum({{ name }}) as {{ 'numeric(28, 12)' if name == 'ticket_hours_365d'
            else 'numeric(18, 2)' if 'revenue' in name or 'margin' in name else 'bigint' }}) as {{ name }},
        {%- endfor %}
        {%- for name, type in latest_types %}
        max({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    group by
        {{ customer | join(',\n        ') }},
        month_number

)

select * from final
