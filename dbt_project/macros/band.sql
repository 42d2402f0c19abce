{#- The band of a number as text, by ascending limits: under 10, 10 to under 50, 50 or more; null where it is null. -#}
{% macro band(value, limits) -%}
    case
        {%- for limit in limits %}
        when {{ value }} < {{ limit }} then
            {%- if loop.first %} 'under {{ '{:,}'.format(limit) }}'
            {%- else %} '{{ '{:,}'.format(loop.previtem) }} to under {{ '{:,}'.format(limit) }}'
            {%- endif -%}
        {%- endfor %}
        when {{ value }} >= {{ limits | last }} then '{{ '{:,}'.format(limits | last) }} or more'
    end
{%- endmacro %}
