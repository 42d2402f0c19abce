{#- What campaign marts count of outreach: each count by the event type that it counts. -#}
{% macro outreach_counts() -%}
    {{ return({
        'impressions': 'impression',
        'clicks': 'click',
        'sent': 'sent',
        'delivered': 'delivered',
        'opened': 'opened',
        'replied': 'replied',
        'bounced': 'bounced',
        'converted': 'converted',
    }) }}
{%- endmacro %}
