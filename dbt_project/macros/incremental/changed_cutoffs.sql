{#-
The cutoffs of customer_features that the model's build window has to write; `build_window` must stand in the query.

with_rhythms  whether those at which another gap is usual by now count too: see int_customer_rhythms
scored_by     trained models whose new scores count too, each with the months after that they tell of
-#}
{% macro changed_cutoffs(with_rhythms=false, scored_by={}) -%}
    {{ touched('touched_cutoffs', ['cutoff']) }}
    {%- if with_rhythms %}

    union

    select
        usual_gaps.organization_id,
        least({{ month_end('usual_gaps.month_number') }}, build_window.as_of_date) as cutoff
    from (

        {{ touched('touched_usual_gaps', ['month_number']) }}

    ) as usual_gaps
    inner join build_window
        on usual_gaps.organization_id = build_window.organization_id
    {%- endif %}
    {%- for name, months_after in scored_by.items() %}

    union

    {{ rescored_cutoffs(name, months_after) }}
    {%- endfor %}
    {%- if build_bounds()['rebuilds'] %}

    union

    select
        features.organization_id,
        features.cutoff
    from {{ ref('customer_features') }} as features
    inner join build_window
        on
            features.organization_id = build_window.organization_id
            and build_window.is_rebuild
    {%- endif %}
{%- endmacro %}

{#-
The first of these cutoffs as a plain value: a planner that sees it reads what follows alone, where a join would tell it
nothing. Null where nothing changed.
-#}
{% macro first_changed_cutoff(with_rhythms=false, scored_by={}) -%}
    {%- set first = none -%}
    {%- if execute -%}
        {%- set first = run_query(
            'with build_window as (' ~ build_window() ~ ') '
            ~ 'select min(cutoff) from (' ~ changed_cutoffs(with_rhythms, scored_by) ~ ') as changed_cutoffs'
        ).rows[0][0] -%}
    {%- endif -%}
    {{ return('cast(null as date)' if first is none else "date '" ~ first ~ "'") }}
{%- endmacro %}
