{#-
What customer_features takes in, as plain values: see int_feature_window.

whole       whether every organization is made anew
from_date   the first as-of date from which some organization goes on; none if whole
as_of_date  the last one that some organization goes on to
-#}
{% macro feature_bounds() -%}
    {%- set window = ref('int_feature_window') -%}
    {#- rows of a unit test stand in no schema -#}
    {%- set window = load_relation(window) if execute and window.schema -%}
    {%- if not window -%}
        {{ return({'whole': true, 'from_date': none, 'as_of_date': none}) }}
    {%- endif -%}
    {%- set bounds = run_query(
        'select min(from_date), max(as_of_date) from ' ~ window ~ ' where not is_rebuild'
    ).rows[0] -%}
    {{ return({'whole': bounds[0] is none, 'from_date': bounds[0], 'as_of_date': bounds[1]}) }}
{%- endmacro %}

{#-
The rows with something that customer_features takes in, and from which date on it does: all rows of customers who are
read again, of others those that became known, were corrected or passed out of a window since the last build.

rows     relation with the customer's key, known_from and known_to
day      the rows' day, and the windows in days that count from it
-#}
{% macro rows_of_feature_window(rows, day=none, windows=[]) -%}
    {%- set bounds = feature_bounds() -%}
    select
        fact.*,
        feature_window.from_date,
        feature_window.as_of_date
    from {{ rows }} as fact
    inner join {{ ref('int_feature_window') }} as feature_window
        on fact.organization_id = feature_window.organization_id
    {%- if not bounds['whole'] %}
    where
        {{ in_feature_window('fact', day, windows) }}
        and not exists (
            select 1
            from {{ ref('int_feature_customers') }} as again
            where
                again.is_read_again
                and {{ same_key('again', 'fact', ['organization_id', 'customer_type', 'customer_id']) }}
        )

    union all

    select
        fact.*,
        date '0001-01-01' as from_date,
        feature_window.as_of_date
    from {{ rows }} as fact
    inner join {{ ref('int_feature_customers') }} as again
        on
            {{ same_key('fact', 'again', ['organization_id', 'customer_type', 'customer_id']) }}
            and again.is_read_again
    inner join {{ ref('int_feature_window') }} as feature_window
        on fact.organization_id = feature_window.organization_id
    {%- endif %}
{%- endmacro %}

{#- Whether something happens to a row in the window: by plain dates, which an engine finds without a join. -#}
{% macro in_feature_window(row, day=none, windows=[]) -%}
    {%- set bounds = feature_bounds() -%}
    {%- set from_date = "date '" ~ bounds['from_date'] ~ "'" -%}
    {%- set as_of_date = "date '" ~ bounds['as_of_date'] ~ "'" -%}
    (
        ({{ row }}.known_from > {{ from_date }} and {{ row }}.known_from <= {{ as_of_date }})
        or ({{ row }}.known_to > {{ from_date }} and {{ row }}.known_to <= {{ as_of_date }})
        {%- for window in windows %}
        or (
            {{ row }}.{{ day }} > {{ plus_days(from_date, -window) }}
            and {{ row }}.{{ day }} <= {{ plus_days(as_of_date, -window) }}
        )
        {%- endfor %}
    )
{%- endmacro %}
