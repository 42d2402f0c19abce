{{ config(schema='staging') }}

-- Everything but transactions that happened with a customer, and since when it was known as it stands now.

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set facts = [
    {
        'name': 'interactions', 'fact': ref('fct_interactions'), 'day': 'interaction_date', 'kept': ['interaction_type'],
        'raw': source('raw', 'interactions'), 'export': 'interactions',
        'told': {
            'interaction_id': 'interaction_id', 'customer_id': 'customer_id', 'interaction_at': 'interaction_at',
            'interaction_type': 'interaction_type',
        },
    },
    {
        'name': 'visits', 'fact': ref('fct_visits'), 'day': 'visited_date', 'kept': ['visits'],
        'raw': source('raw', 'member_visits'), 'export': 'member_visits',
        'told': {'customer_id': 'member_id', 'visited_at': 'visited_at', 'visits': 'coalesce(versions.visits, 1)'},
    },
    {
        'name': 'responses', 'fact': ref('fct_survey_responses'), 'day': 'responded_date',
        'kept': ['survey_name', 'question', 'response_number'],
        'raw': source('raw', 'survey_responses'), 'export': 'survey_responses',
        'told': {
            'response_id': 'response_id', 'customer_id': 'member_id', 'responded_at': 'responded_at',
            'survey_name': 'survey_name', 'question': 'question', 'response': 'response',
        },
    },
] -%}
{% set is_nps = "lower(survey_name || ' ' || question) like '%nps%' and response_number between 0 and 10" -%}

with first_deliveries as (

    select distinct
        organization_id,
        export,
        first_export_date
    from {{ ref('int_deliveries') }}

),

{% for own in facts -%}
{% set columns = customer + own.told.keys() | reject('in', customer) | list + [own.day] -%}
{% set columns = columns + own.kept | reject('in', columns) | list -%}
told_{{ own.name }} as (

    select
        fact.{{ columns | join(',\n        fact.') }},
        min(versions._export_date) as told_date
    from {{ own.fact }} as fact
    inner join {{ own.raw }} as versions
        on
            fact.organization_id = versions.organization_id
            and fact._export_date >= versions._export_date
            {% for column, raw_column in own.told.items() -%}
            {% set same = 'is not distinct from' if column == 'response' else '=' -%}
            and fact.{{ column }} {{ same }} {{ raw_column if '(' in raw_column else 'versions.' ~ raw_column }}
            {% endfor %}
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

    select * from {{ ref('int_known_tickets') }}

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
        kind,
        contact_date,
        known_from,
        cast(null as date) as known_to,
        amount
    from contacts
    where customer_type <> 'unknown'

)

select * from final
