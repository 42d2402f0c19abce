{#- The campaign that an event or a deal names, else its lead's. -#}
{% macro campaign_of(named, leads) -%}
    case
            when {{ named }}.campaign_id <> 'unknown' then {{ named }}.campaign_id
            else coalesce({{ leads }}.campaign_id, 'unknown')
        end
{%- endmacro %}
