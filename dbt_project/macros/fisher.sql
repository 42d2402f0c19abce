{#-
Fisher's exact test, two-sided, of many two-by-two tables at once: the probability, with all margins as they are, of a
table no more likely than the one seen. A query of `key` and `p_value`.

counts  a relation, or a step of the query that this one is a step of, with a row per table
key     the columns that tell tables apart
cells   its columns that count: inside the group with the trait and without it, outside it with and without

Tables farther than twelve standard deviations from the likeliest, but for those about the one seen, have no weight that
a double could tell from none, and are left out.
-#}
{% macro fisher_exact(counts, key, cells=['a', 'b', 'c', 'd']) -%}
    {%- set a, b, c, d = cells -%}
    {%- set keys = key | join(',\n            ') -%}
    with margins as (

        select
            {{ keys }},
            cast({{ a }} as bigint) as seen,
            cast({{ a }} + {{ b }} as double precision) as inside,
            cast({{ a }} + {{ c }} as double precision) as having_it,
            cast({{ a }} + {{ b }} + {{ c }} + {{ d }} as double precision) as everyone
        from {{ counts }}
        where {{ a }} + {{ b }} + {{ c }} + {{ d }} > 0

    ),

    modes as (

        select
            *,
            cast(floor((inside + 1) * (having_it + 1) / (everyone + 2)) as bigint) as likeliest,
            sqrt(
                inside * having_it / everyone * (everyone - inside) / everyone
                * (everyone - having_it) / greatest(everyone - 1, 1)
            ) as deviation
        from margins

    ),

    reaches as (

        select
            *,
            cast(least(abs(seen - likeliest), 40 * deviation + 1000) + 12 * deviation + 10 as bigint) as reach
        from modes

    ),

    possible as (

        select
            *,
            {{ whole_numbers(
                'greatest(0, cast(inside + having_it - everyone as bigint), likeliest - reach)',
                'least(cast(inside as bigint), cast(having_it as bigint), likeliest + reach)'
            ) }} as k
        from reaches

    ),

    log_weights as (

        select
            {{ keys }},
            {{ hypergeometric_log_weight('k') }} as log_weight,
            {{ hypergeometric_log_weight('seen') }} as seen_log_weight,
            {{ hypergeometric_log_weight('likeliest') }} as highest_log_weight
        from possible

    ),

    weights as (

        select
            {{ keys }},
            log_weight <= seen_log_weight + 1e-7 as is_extreme,
            -- Postgres refuses to underflow
            exp(greatest(log_weight - highest_log_weight, -700)) as weight
        from log_weights

    )

    select
        {{ key | join(',\n        ') }},
        least(sum(case when is_extreme then weight else 0 end) / sum(weight), 1) as p_value
    from weights
    group by {{ key | join(', ') }}
{%- endmacro %}

{#- Logarithm of the probability of a table with k inside the group having the trait, up to a constant. -#}
{% macro hypergeometric_log_weight(count) -%}
    {%- set k = 'cast(' ~ count ~ ' as double precision)' -%}
    -({{ log_factorial(k) }})
            - ({{ log_factorial('inside - ' ~ k) }})
            - ({{ log_factorial('having_it - ' ~ k) }})
            - ({{ log_factorial('everyone - inside - having_it + ' ~ k) }})
{%- endmacro %}

{#- ln(n!) of a double from 0 on: Stirling's series at n + 10, where four terms reach its precision, and back to n. -#}
{% macro log_factorial(n) -%}
    {%- set z = '(' ~ n ~ ' + 10)' -%}
    ({{ z }} - 0.5) * ln({{ z }}) - {{ z }} + 0.918938533204672742
            + 1 / (12 * {{ z }})
            - 1 / (360 * {{ z }} * {{ z }} * {{ z }})
            + 1 / (1260 * {{ z }} * {{ z }} * {{ z }} * {{ z }} * {{ z }})
            - 1 / (1680 * {{ z }} * {{ z }} * {{ z }} * {{ z }} * {{ z }} * {{ z }} * {{ z }})
            - ln(
                {%- for step in range(1, 10) %}{{ ' * ' if not loop.first }}({{ n }} + {{ step }}){% endfor -%}
            )
{%- endmacro %}
