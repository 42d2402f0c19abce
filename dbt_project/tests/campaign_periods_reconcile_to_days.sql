-- Weeks and months add up to days, of campaigns and of channels.
{{ config(meta={'dagster': {'ref': {'name': 'campaign_metrics_monthly'}}}) }}

{% set campaign_sums = ['new_leads', 'newly_converted_leads', 'spend', 'revenue'] -%}
{% set channel_sums = ['sent', 'delivered', 'replied', 'cost'] -%}

{% for days, sums in [('campaign_metrics', campaign_sums), ('channel_metrics', channel_sums)] -%}
{% for period in ['weekly', 'monthly'] -%}
select
    days.organization_id,
    days.campaign_id
from (
    select
        organization_id,
        campaign_id,
        {% for name in sums -%}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(days) }}
    group by organization_id, campaign_id
) as days
full outer join (
    select
        organization_id,
        campaign_id,
        {% for name in sums -%}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(days ~ '_' ~ period) }}
    group by organization_id, campaign_id
) as periods
    on {{ same_key('days', 'periods', ['organization_id', 'campaign_id']) }}
where
    {% for name in sums -%}
    {{ 'or ' if not loop.first }}days.{{ name }} is distinct from periods.{{ name }}
    {% endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
