{{ config(schema='staging') }}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}

-- Everything but transactions that happened with a customer, and since when it was known as it stands now.
{% set contacts = [
    ('interaction', ref('fct_interactions'), source('raw', 'interactions'), 'interactions', 'interaction_date',
     ['interaction_id'], [('customer_id', 'customer_id'), ('interaction_at', 'interaction_at')], '1'),
    ('visit', ref('fct_visits'), source('raw', 'member_visits'), 'member_visits', 'visited_date',
     ['visited_at'], [('customer_id', 'member_id')], 'fact.visits'),
    ('survey_response', ref('fct_survey_responses'), source('raw', 'survey_responses'), 'survey_responses',
     'responded_date', ['response_id'], [('customer_id', 'member_id'), ('responded_at', 'responded_at')], '1'),
] -%}

with first_deliveries as (

    select distinct
        organization_id,
        export,
        first_export_date
    from {{ ref('int_deliveries') }}

),

{% for kind, fact, versions, export, day, key, told, amount in contacts -%}
{{ kind }}s as (

    select
        fact.{{ customer | join(',\n        fact.') }},
        fact.{{ day }} as contact_date,
        {{ amount }} as amount,
        {% if kind == 'interaction' -%}
        fact.interaction_type as detail,
        {% elif kind == 'survey_response' -%}
        case when lower(fact.survey_name || ' ' || fact.question) like '%nps%' then fact.response_number end as score,
        {% endif -%}
        min(versions._export_date) as export_date
    from {{ fact }} as fact
    inner join {{ versions }} as versions
        on
            fact.organization_id = versions.organization_id
            {%- for column in key %}
            and fact.{{ column }} = versions.{{ column }}
            {%- endfor %}
            {%- for own, raw in told %}
            and fact.{{ own }} = versions.{{ raw }}
            {%- endfor %}
            {%- if kind == 'interaction' %}
            and fact.interaction_type = versions.interaction_type
            {%- elif kind == 'survey_response' %}
            and fact.response is not distinct from versions.response
            {%- endif %}
            and fact._export_date >= versions._export_date
    group by
        fact.organization_id,
        {%- for column in key %}
        fact.{{ column }},
        {%- endfor %}
        {% for column in customer[1:] + [day] -%}
        fact.{{ column }}{{ ',\n        ' if not loop.last }}
        {%- endfor %}
        {%- if kind == 'visit' %},
        fact.visits
        {%- elif kind == 'interaction' %},
        fact.interaction_type
        {%- elif kind == 'survey_response' %},
        fact.survey_name,
        fact.question,
        fact.response_number
        {%- endif %}

),

{% endfor -%}
tickets as (

    select * from {{ ref('int_known_tickets') }}

),

contacts as (

    {% for kind, export, relation, score, condition in [
        ('interaction', 'interactions', 'interactions', 'amount', 'true'),
        ('complaint', 'interactions', 'interactions', 'amount', "contact.detail = 'complaint'"),
        ('visit', 'member_visits', 'visits', 'amount', 'true'),
        ('survey_response', 'survey_responses', 'survey_responses', 'amount', 'true'),
        ('nps', 'survey_responses', 'survey_responses', 'score',
         'contact.score between 0 and 10 and contact.score = floor(contact.score)'),
    ] -%}
    select
        contact.{{ customer | join(',\n        contact.') }},
        '{{ kind }}' as kind,
        contact.contact_date,
        {{ known_from('contact.contact_date', 'contact.export_date', 'first_deliveries.first_export_date') }} as known_from,
        contact.{{ score }} as amount
    from {{ relation }} as contact
    inner join first_deliveries
        on
            contact.organization_id = first_deliveries.organization_id
            and first_deliveries.export = '{{ export }}'
    where {{ condition }}

    union all

    {% endfor -%}
    {% for kind, day, known_from, amount in [
        ('ticket', 'opened_date', 'opened_known_from', '1'),
        ('closed_ticket', 'closed_date', 'closed_known_from', 'hours_to_close'),
        ('csat', 'scored_date', 'csat_known_from', 'csat_score'),
        ('nps', 'scored_date', 'nps_known_from', 'nps_score'),
    ] -%}
    {{ 'union all\n' if not loop.first }}
    select
        {{ customer | join(',\n        ') }},
        '{{ kind }}' as kind,
        {{ day }} as contact_date,
        {{ known_from }} as known_from,
        {{ amount }} as amount
    from tickets
    {%- if amount != '1' %}
    where {{ amount }} is not null
    {%- endif %}
    {% endfor %}
),

final as (

    select
        {{ customer | join(',\n        ') }},
        kind,
        contact_date,
        known_from,
        cast(null as date) as known_to,
        {{ exact('amount') }} as amount
    from contacts
    where customer_type <> 'unknown'

)

select * from final
