{#-
For each cutoff the newest day of its month, until the cutoff, on which a trained model scored: of past months the last
such day is kept.

scores   scored model
cutoffs  CTE with organization_id and as_of_date
since    the first of these cutoffs as an expression, where it is known: earlier scores are not read
-#}
{% macro scored_days(scores, cutoffs, since=none) -%}
    select
        cutoffs.organization_id,
        cutoffs.as_of_date,
        max(scored.scored_as_of) as scored_as_of
    from {{ cutoffs }} as cutoffs
    inner join (
        select distinct
            organization_id,
            scored_as_of
        from {{ scores }}
        {%- if since %}
        where scored_as_of > {{ plus_days(since, -31) }}
        {%- endif %}
    ) as scored
        on
            cutoffs.organization_id = scored.organization_id
            and cutoffs.as_of_date >= scored.scored_as_of
            and {{ month_index('cutoffs.as_of_date') }} = {{ month_index('scored.scored_as_of') }}
    group by cutoffs.organization_id, cutoffs.as_of_date
{%- endmacro %}
