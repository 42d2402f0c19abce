-- Weeks and months add up to days, of campaigns and of channels.
{{ config(meta={'dagster': {'ref': {'name': 'campaign_metrics_monthly'}}}) }}

{% set campaign_sums = ['new_leads', 'newly_converted_leads', 'spend', 'revenue'] -%}
{% set channel_sums = ['sent', 'replied', 'cost', 'converted'] -%}
{% set columns = ['first_sum', 'second_sum', 'third_sum', 'fourth_sum'] -%}

with sums as (

    {% for relation, measures in [
        ('campaign_metrics', campaign_sums),
        ('campaign_metrics_weekly', campaign_sums),
        ('campaign_metrics_monthly', campaign_sums),
        ('channel_metrics', channel_sums),
        ('channel_metrics_weekly', channel_sums),
        ('channel_metrics_monthly', channel_sums),
    ] -%}
    {{ 'union all\n\n    ' if not loop.first }}select
        organization_id,
        campaign_id,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ columns[loop.index0] }},
        {% endfor -%}
        '{{ relation.split('_')[0] }}' as subject
    from {{ ref(relation) }}
    group by organization_id, campaign_id

    {% endfor -%}
)

select
    organization_id,
    campaign_id,
    subject
from sums
group by organization_id, campaign_id, subject
having
    count(*) <> 3
    {%- for column in columns %}
    or min({{ column }}) <> max({{ column }})
    {%- endfor %}
