{#- What earns credit for an outreach event. A name must not look like a step of a path. -#}
{% macro touchpoint(events) -%}
    {%- set column = var('attribution').touchpoint -%}
    {%- if column not in ['channel', 'campaign_id', 'template_id'] -%}
        {{ exceptions.raise_compiler_error(
            "The variable attribution.touchpoint is '" ~ column ~ "': it must be channel, campaign_id or template_id."
        ) }}
    {%- endif -%}
    {%- if column == 'channel' -%}
    {{ events }}.channel
    {%- else -%}
    replace(coalesce({{ events }}.{{ column }}, 'unknown'), ' > ', ' / ')
    {%- endif -%}
{%- endmacro %}
