{#- The grain: no two rows share these columns, and none of them is null. `day` names the column that recent rows are
told by. -#}
{% test unique_grain(model, columns, day=none) %}

-- depends_on: {{ ref('as_of_dates') }}
select {{ columns | join(', ') }}
from {{ recent(model, day) }} as tested
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
