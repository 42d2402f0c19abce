{#- A foreign key of several columns: every row's key stands in the parent. The columns are named alike unless
`parent_columns` says otherwise; `day` names the column that recent rows are told by. -#}
{% test references(model, columns, to, parent_columns=none, day=none) %}

-- depends_on: {{ ref('as_of_dates') }}
select child.*
from (
    select distinct {{ columns | join(', ') }}
    from {{ recent(model, day) }} as tested
) as child
left join {{ to }} as parent
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
