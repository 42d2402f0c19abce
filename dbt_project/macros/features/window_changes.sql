{#-
What sums over sliding windows gain and lose, by customer and month: added up to a cutoff, the changes give the sum at
it. A row counts from known_from on; in a window of w days until its day is w days past, and never again after known_to,
when a correction took its place. A cutoff is the last day of its month, or the as-of date, so the month is enough to tell
which cutoff is the first to see a change.

rows      relation with the customer's key, known_from, known_to and `day`
sums      (name, expression, window in days or none) of every sum that the rows have
latest    (name, expression) of what is remembered as the newest, or greatest, so far
columns   names of all sums and newests that other rows have, in order: those that these rows lack are zero, or null
-#}
{% macro window_changes(rows, day, sums, latest, all_sums, all_latest) -%}
    {%- set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
    {%- set windows = sums | map(attribute=2) | reject('none') | unique | list -%}
    {%- set branches = [('known_from', none, 'known_from <= as_of_date')] -%}
    {%- do branches.append(('known_to', none, 'known_to <= as_of_date')) -%}
    {%- for window in windows -%}
        {%- set expiry = plus_days(day, window) -%}
        {%- do branches.append((
            expiry,
            window,
            expiry ~ ' <= as_of_date and known_from < ' ~ expiry
            ~ ' and (known_to is null or known_to > ' ~ expiry ~ ')'
        )) -%}
    {%- endfor -%}
    {%- for change_day, expiring, condition in branches %}
    {{ 'union all' if not loop.first }}
    select
        {{ customer | join(',\n        ') }},
        {{ month_index(change_day) }} as month_number,
        {{ 'min(known_from)' if change_day == 'known_from' else 'cast(null as date)' }} as known_since
        {%- for name in all_sums -%}
        {%- set own = sums | selectattr(0, 'equalto', name) | list -%}
        {%- set window = own[0][2] if own else none %},
        {% if not own or (expiring and window != expiring) -%}
        0 as {{ name }}
        {%- elif change_day == 'known_from' -%}
        sum({{ own[0][1] if not window else
            'case when known_from < ' ~ plus_days(day, window) ~ ' then ' ~ own[0][1] ~ ' else 0 end' }}) as {{ name }}
        {%- elif change_day == 'known_to' -%}
        -sum({{ own[0][1] if not window else
            'case when known_to <= ' ~ plus_days(day, window) ~ ' then ' ~ own[0][1] ~ ' else 0 end' }}) as {{ name }}
        {%- else -%}
        -sum({{ own[0][1] }}) as {{ name }}
        {%- endif -%}
        {%- endfor -%}
        {%- for name, type in all_latest -%}
        {%- set own = latest | selectattr(0, 'equalto', name) | list %},
        {{ 'max(' ~ own[0][1] ~ ')' if own and change_day == 'known_from' else 'cast(null as ' ~ type ~ ')' }} as {{ name }}
        {%- endfor %}
    from {{ rows }}
    where {{ condition }}
    group by
        {{ customer | join(',\n        ') }},
        {{ month_index(change_day) }}
    {% endfor -%}
{%- endmacro %}
