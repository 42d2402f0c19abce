{#-
Rows of nothing but a key, which delete what stands of it: it is no longer to be found. They have the columns of the
model's contract, in its order.

keys  relation, or step of the query, of such keys
key   its columns
told  expressions for further columns that are not null, by name
-#}
{% macro tombstones(keys, key, told={}) -%}
    select
        {%- for column in model.columns.values() %}
        {% if column.name in key -%}
        {{ column.name }}
        {%- else -%}
        {{ told.get(column.name, 'cast(null as ' ~ column.data_type ~ ')') }} as {{ column.name }}
        {%- endif -%}
        {{ ',' if not loop.last }}
        {%- endfor %}
    from {{ keys }}
{%- endmacro %}
