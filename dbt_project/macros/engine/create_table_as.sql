{#-
dbt-postgres fills a table with a contract by `insert ... select`, which Postgres never runs on more than one core.
`create table as` it does. The contract is compared all the same; this project's contracts carry no constraints.
-#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set enforced = config.get('contract').enforced and not temporary -%}
    {%- if enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create {{ 'temporary ' if temporary }}table {{ relation }} as (
        {{ get_select_subquery(sql) if enforced else sql }}
    );
{%- endmacro %}
