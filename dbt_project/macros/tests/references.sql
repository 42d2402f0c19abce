{#- A foreign key of several columns: every row's key stands in the parent. The columns are named alike unless
`parent_columns` says otherwise. -#}
{% test references(model, columns, to, parent_columns=none) %}

select child.*
from (
    select distinct {{ columns | join(', ') }}
    from {{ model }}
) as child
left join (
    select distinct {{ (parent_columns or columns) | join(', ') }}
    from {{ to }}
) as parent
    on
        {%- for column in columns %}
        {{ 'and ' if not loop.first }}child.{{ column }} = parent.{{ (parent_columns or columns)[loop.index0] }}
        {%- endfor %}
where
    parent.{{ (parent_columns or columns)[0] }} is null
    {%- for column in columns %}
    and child.{{ column }} is not null
    {%- endfor %}

{% endtest %}
