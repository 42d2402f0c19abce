{#-
What enrichment writes exists before it has ever run: a table per source with `meta.filled_by`, with the columns that
its description lists.
-#}
{% macro create_enrichment_tables() -%}
    create schema if not exists raw;
    {%- for source in (graph.sources.values() if execute else []) if source.config.meta.get('filled_by') %}

    create table if not exists {{ source.schema }}.{{ source.name }} (
        {%- for column in source.columns.values() %}
        {{ column.name }} {{ column.data_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    );
    {%- endfor %}
{%- endmacro %}
