-- depends_on: {{ ref('as_of_dates') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'source', 'contact_key'],
        on_schema_change='append_new_columns',
        indexes=btree([
            ['organization_id', 'source', 'contact_key', 'kind'],
            ['organization_id', 'customer_type', 'customer_id']
        ]),
        meta={
            'stands': 'known_from',
            'upstream': [
                'fct_interactions', 'fct_visits', 'fct_survey_responses', 'fct_support_tickets', 'int_known_tickets'
            ],
            'known_by': ['interactions', 'member_visits', 'survey_responses', 'support_tickets'],
            'touches': {
                'touched_contacts': {
                    'customer_type': 'customer_type',
                    'customer_id': 'customer_id',
                    'known_from': 'known_from'
                }
            }
        }
    )
}}

-- Everything but transactions that happened with a customer, and since when it was known as it stands now.

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set facts = [
    {
        'name': 'interactions', 'fact': ref('fct_interactions'), 'day': 'interaction_date', 'kept': ['interaction_type'],
        'export': 'interactions', 'key': {'interaction_id': 'interaction_id'}, 'contact_key': 'fact.interaction_id',
        'told': {
            'interaction_id': 'interaction_id', 'customer_id': 'customer_id', 'interaction_at': 'interaction_at',
            'interaction_type': 'interaction_type',
        },
    },
    {
        'name': 'visits', 'fact': ref('fct_visits'), 'day': 'visited_date', 'kept': ['visits'],
        'export': 'member_visits', 'key': {'customer_id': 'member_id', 'visited_at': 'visited_at'},
        'contact_key': "fact.customer_id || ' ' || " ~ microseconds('fact.visited_at'),
        'told': {'customer_id': 'member_id', 'visited_at': 'visited_at', 'visits': 'coalesce(versions.visits, 1)'},
    },
    {
        'name': 'responses', 'fact': ref('fct_survey_responses'), 'day': 'responded_date',
        'kept': ['survey_name', 'question', 'response_number'],
        'export': 'survey_responses', 'key': {'response_id': 'response_id'}, 'contact_key': 'fact.response_id',
        'told': {
            'response_id': 'response_id', 'customer_id': 'member_id', 'responded_at': 'responded_at',
            'survey_name': 'survey_name', 'question': 'question', 'response': 'response',
        },
    },
] -%}
{% set keys = [
    {'name': 'interactions', 'export': 'interactions', 'key': ['interaction_id'], 'contact_key': 'interaction_id'},
    {
        'name': 'visits', 'export': 'member_visits', 'key': ['member_id', 'visited_at'],
        'contact_key': "member_id || ' ' || " ~ microseconds('visited_at'),
    },
    {'name': 'responses', 'export': 'survey_responses', 'key': ['response_id'], 'contact_key': 'response_id'},
    {'name': 'tickets', 'export': 'support_tickets', 'key': ['ticket_id'], 'contact_key': 'ticket_id'},
] -%}
{% set is_nps = "lower(survey_name || ' ' || question) like '%nps%' and response_number between 0 and 10" -%}

with {% if is_incremental() -%}
build_window as (

    {{ build_window() }}

),

{% for own in keys -%}
changed_{{ own.name }} as (

    {{ changed_keys(own.export, own.key) }}
    {%- if own.name in ['interactions', 'tickets'] %}

    union

    {{ retyped_keys([own.contact_key], renamed={own.contact_key: 'contact_key'}) }}
    where standing.source = '{{ own.name }}'
    {%- endif %}

),

{% endfor -%}
{% endif -%}
first_deliveries as (

    {{ first_deliveries() }}

),

{% for own in facts -%}
{% set columns = customer + own.told.keys() | reject('in', customer) | list + [own.day] -%}
{% set columns = columns + own.kept | reject('in', columns) | list -%}
told_{{ own.name }} as (

    select
        fact.{{ columns | join(',\n        fact.') }},
        {{ own.contact_key }} as contact_key,
        min(versions._export_date) as told_date
    from {{ own.fact }} as fact
    inner join {{ source('raw', own.export) }} as versions
        on
            fact.organization_id = versions.organization_id
            and fact._export_date >= versions._export_date
            {% for column, raw_column in own.told.items() -%}
            {% set same = 'is not distinct from' if column == 'response' else '=' -%}
            and fact.{{ column }} {{ same }} {{ raw_column if '(' in raw_column else 'versions.' ~ raw_column }}
            {% endfor %}
    inner join {{ ref('as_of_dates') }} as as_of
        on
            versions.organization_id = as_of.organization_id
            and versions._load_id <= as_of.through_load_id
    {%- if is_incremental() %}
    inner join changed_{{ own.name }} as changed
        on
            fact.organization_id = changed.organization_id
            {% for column, raw_column in own.key.items() -%}
            and fact.{{ column }} = changed.{{ raw_column }}
            {% endfor %}
    {%- endif %}
    group by
        fact.{{ columns | join(',\n        fact.') }}

),

{{ own.name }} as (

    select
        told.*,
        told.{{ own.day }} as contact_date,
        {{ known_from('told.' ~ own.day, 'told.told_date', 'firsts.first_export_date') }} as known_from
    from told_{{ own.name }} as told
    inner join first_deliveries as firsts
        on
            told.organization_id = firsts.organization_id
            and firsts.export = '{{ own.export }}'

),

{% endfor -%}
tickets as (

    select
        tickets.*,
        tickets.ticket_id as contact_key
    from {{ ref('int_known_tickets') }} as tickets
    {%- if is_incremental() %}
    inner join changed_tickets as changed
        on
            tickets.organization_id = changed.organization_id
            and tickets.ticket_id = changed.ticket_id
    {%- endif %}

),

contacts as (

    {% for kind, relation, day, known_from, amount, condition in [
        ('interaction', 'interactions', 'contact_date', 'known_from', '1', 'true'),
        ('complaint', 'interactions', 'contact_date', 'known_from', '1', "interaction_type = 'complaint'"),
        ('visit', 'visits', 'contact_date', 'known_from', 'visits', 'true'),
        ('survey_response', 'responses', 'contact_date', 'known_from', '1', 'true'),
        ('nps', 'responses', 'contact_date', 'known_from', 'response_number',
         is_nps ~ ' and response_number = floor(response_number)'),
        ('ticket', 'tickets', 'opened_date', 'opened_known_from', '1', 'true'),
        ('closed_ticket', 'tickets', 'closed_date', 'closed_known_from', 'hours_to_close', 'closed_date is not null'),
        ('csat', 'tickets', 'scored_date', 'csat_known_from', 'csat_score', 'csat_score is not null'),
        ('nps', 'tickets', 'scored_date', 'nps_known_from', 'nps_score', 'nps_score is not null'),
    ] -%}
    {{ 'union all\n' if not loop.first }}
    select
        {{ customer | join(',\n        ') }},
        '{{ relation }}' as source,
        contact_key,
        '{{ kind }}' as kind,
        {{ day ~ ' as contact_date' if day != 'contact_date' else day }},
        {{ known_from ~ ' as known_from' if known_from != 'known_from' else known_from }},
        {{ exact(amount) }} as amount
    from {{ relation }}
    where {{ condition }}
    {% endfor %}
),

final as (

    select
        {{ customer | join(',\n        ') }},
        source,
        contact_key,
        kind,
        contact_date,
        known_from,
        amount
    from contacts
    where customer_type <> 'unknown'
    {%- if is_incremental() %}
    {%- for own in keys %}

    union all

    {{ tombstones(
        'changed_' ~ own.name, ['organization_id'],
        {'source': "'" ~ own.name ~ "'", 'contact_key': own.contact_key}
    ) }}
    {%- endfor %}
    {%- endif %}

)

select * from final
