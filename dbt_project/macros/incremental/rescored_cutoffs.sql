{#-
The cutoffs that what a trained model wrote since the last build speaks of: those of the months of the days that it
scored, and of so many months after. `build_window` must stand in the query.
-#}
{% macro rescored_cutoffs(scored_by, months_after=0) -%}
    select distinct
        rescored.organization_id,
        least({{ month_end('rescored.month_number') }}, rescored.as_of_date) as cutoff
    from (
        select
            touched.organization_id,
            build_window.as_of_date,
            {{ month_index('touched.scored_as_of') }} + later.months as month_number
        from ops.touched_scores as touched
        inner join build_window
            on
                touched.organization_id = build_window.organization_id
                and touched.build_id > build_window.from_build_id
        cross join (
            select {{ whole_numbers(0, months_after) }} as months
        ) as later
        where touched.model = '{{ scored_by }}'
    ) as rescored
    where rescored.month_number <= {{ month_index('rescored.as_of_date') }}
{%- endmacro %}
