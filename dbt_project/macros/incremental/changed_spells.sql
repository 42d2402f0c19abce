{#-
Customers whose dormant spells that ended may be others by now: those whose days changed, and those who came back in a
month after one in which another gap is usual by now. `build_window` must stand in the query.
-#}
{% macro customers_of_changed_spells() -%}
    {{ changed_customers(reads_lines=false) }}

    union

    {{ touched('touched_features', ['customer_type', 'customer_id']) }}
    {%- set first_day = first_changed_cutoff(with_rhythms=true) %}

    union

    select
        purchases.organization_id,
        purchases.customer_type,
        purchases.customer_id
    from {{ ref('int_repeat_purchases') }} as purchases
    inner join (

        {{ changed_cutoffs(with_rhythms=true) }}

    ) as changed_cutoffs
        on
            purchases.organization_id = changed_cutoffs.organization_id
            and {{ month_index('purchases.transaction_date') }} = {{ month_index('changed_cutoffs.cutoff') }} + 1
    where
        purchases.gap_days > {{ var('dormancy').least_days }}
        and purchases.transaction_date > {{ month_end(month_index(first_day)) }}
{%- endmacro %}
