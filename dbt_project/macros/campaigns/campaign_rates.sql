{#- What campaign metrics add up of a period, with its type. -#}
{% macro campaign_flows() -%}
    {{ return({
        'new_leads': 'bigint',
        'newly_engaged_leads': 'bigint',
        'newly_replied_leads': 'bigint',
        'newly_converted_leads': 'bigint',
        'spend': 'numeric(18, 2)',
        'revenue': 'numeric(18, 2)',
        'gross_margin': 'numeric(18, 2)',
    }) }}
{%- endmacro %}

{#- What they add up since the campaign began, each by the flow that it is the sum of. -#}
{% macro campaign_totals() -%}
    {{ return({
        'total_leads': 'new_leads',
        'engaged_leads': 'newly_engaged_leads',
        'replied_leads': 'newly_replied_leads',
        'converted_leads': 'newly_converted_leads',
        'total_spend': 'spend',
        'total_revenue': 'revenue',
        'total_gross_margin': 'gross_margin',
    }) }}
{%- endmacro %}

{#- The flows whose growth they tell. -#}
{% macro campaign_growth_flows() -%}
    {{ return(['new_leads', 'newly_converted_leads', 'spend', 'revenue']) }}
{%- endmacro %}

{#- The totals of a relation and what they say, as columns; null where a denominator is zero. -#}
{% macro campaign_rates(relation) -%}
    {%- for total in campaign_totals() -%}
    {{ relation }}.{{ total }},
        {% endfor -%}
    {{ ratio(relation ~ '.engaged_leads', relation ~ '.total_leads') }} as engagement_rate,
        {{ ratio(relation ~ '.replied_leads', relation ~ '.total_leads') }} as reply_rate,
        {{ ratio(relation ~ '.converted_leads', relation ~ '.total_leads') }} as conversion_rate,
        {{ ratio(relation ~ '.total_spend', relation ~ '.total_leads') }} as cost_per_lead,
        {{ ratio(relation ~ '.total_spend', relation ~ '.converted_leads') }} as cost_per_conversion,
        cast({{ relation }}.total_revenue - {{ relation }}.total_spend as numeric(18, 2)) as net_gain,
        {{ return_on(relation ~ '.total_revenue', relation ~ '.total_spend') }} as roi
{%- endmacro %}

{#- (gain - cost) / cost; null where nothing was spent. -#}
{% macro return_on(gain, cost) -%}
    case when {{ cost }} > 0 then {{ ratio(gain ~ ' - ' ~ cost, cost) }} end
{%- endmacro %}

{#- By how many percent an amount exceeds an earlier one; null where there was none. -#}
{% macro growth_percent(current, previous) -%}
    case when {{ previous }} > 0 then 100 * ({{ ratio(current ~ ' - ' ~ previous, previous) }}) end
{%- endmacro %}
