{#-
What sums over sliding windows gain and lose, by customer and month: added up to a cutoff, the changes give the sum at
it. A row counts from known_from on; in a window of w days until its day is w days past, and never again after known_to,
when a correction took its place. A cutoff is the last day of its month, or the as-of date, so the month is enough to tell
which cutoff is the first to see a change.

rows    rows_of_feature_window, with `day`
sums    the rows' own of feature_sums(); those that they lack are zero
newest  the rows' own of newest_contacts(); those that they lack are null
-#}
{% macro window_changes(rows, day, sums, newest=[]) -%}
    {%- set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
    {%- set branches = [
        ('known_from', none, in_window('known_from')),
        ('known_to', none, in_window('known_to')),
    ] -%}
    {%- for window in sums | map(attribute=2) | reject('none') | unique -%}
        {%- set expiry = plus_days(day, window) -%}
        {%- set counted = 'known_from < ' ~ expiry ~ ' and (known_to is null or known_to > ' ~ expiry ~ ')' -%}
        {%- do branches.append((expiry, window, in_window(expiry) ~ ' and ' ~ counted)) -%}
    {%- endfor -%}
    {%- for change_day, expiring, condition in branches %}
    {{ 'union all' if not loop.first }}
    select
        {{ customer | join(',\n        ') }},
        {{ month_index(change_day) }} as month_number,
        {{ 'min(known_from)' if change_day == 'known_from' else 'cast(null as date)' }} as known_since
        {%- for name, type in feature_sums() -%}
        {%- set own = sums | selectattr(0, 'equalto', name) | first %},
        cast({{ window_change(own, day, change_day, expiring) if own else 0 }} as {{ type }}) as {{ name }}
        {%- endfor %}
        {%- for name, type, _ in newest_contacts() -%}
        {%- set own = newest | selectattr(0, 'equalto', name) | first %},
        {{ 'max(' ~ own[2] ~ ')' if own and change_day == 'known_from' else 'cast(null as ' ~ type ~ ')' }} as {{ name }}
        {%- endfor %}
    from {{ rows }}
    where {{ condition }}
    group by
        {{ customer | join(',\n        ') }},
        {{ month_index(change_day) }}
    {% endfor -%}
{%- endmacro %}

{#- Whether a change is one that the build takes in. -#}
{% macro in_window(change_day) -%}
    {{ change_day }} > from_date and {{ change_day }} <= as_of_date
{%- endmacro %}

{#- What one sum gains or loses as rows become known, are corrected, or pass out of the window of `expiring` days. -#}
{% macro window_change(own, day, change_day, expiring) -%}
    {%- set name, expression, window = own -%}
    {%- if expiring -%}
    {{ '-sum(' ~ expression ~ ')' if window == expiring else 0 }}
    {%- elif not window -%}
    {{ '-' if change_day == 'known_to' }}sum({{ expression }})
    {%- elif change_day == 'known_from' -%}
    sum(case when known_from < {{ plus_days(day, window) }} then {{ expression }} else 0 end)
    {%- else -%}
    -sum(case when known_to <= {{ plus_days(day, window) }} then {{ expression }} else 0 end)
    {%- endif -%}
{%- endmacro %}
