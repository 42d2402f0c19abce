{#- Indexes for engines that look rows up by them: a list of column lists, unique ones first.

DuckDB scans its own zone maps instead; its indexes would only slow writing down. -#}
{% macro btree(column_lists) %}
    {%- set indexes = [] -%}
    {%- if target.type == 'postgres' -%}
        {%- for columns in column_lists -%}
            {%- do indexes.append({'columns': columns, 'unique': loop.first}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(indexes) }}
{% endmacro %}
