-- depends_on: {{ ref('fct_orders') }}
-- depends_on: {{ ref('fct_orders') }}
{{
    config(
        schema='staging',
        materialized='incremental',
        incremental_strategy='replace_scope',
        unique_key=['organization_id', 'customer_type', 'customer_id'],
        on_schema_change='append_new_columns',
        indexes=btree([['organization_id', 'customer_type', 'customer_id', 'month_start']]),
        meta={
            'stands': 'month_start',
            'upstream': ['fct_customer_day', 'fct_orders', 'fct_bookings', 'fct_order_lines', 'int_customer_prices']
        }
    )
}}

{% set customer = ['organization_id', 'customer_type', 'customer_id'] -%}
{% set measures = ['revenue', 'gross_margin', 'order_count'] -%}
{% set of_prices = ['line_count', 'sxx', 'sxy'] -%}

-- A month without an order or refund has no row, though one be cancelled in it; changes and trends take it as zero.

with build_window as (

    {{ build_window() }}

),

{% if is_incremental() -%}
changed_customers as (

    {{ changed_customers(reads_lines=true) }}

),

{% endif -%}
{% set days_of = 'changed_customers' if is_incremental() else 'days' -%}
totals as (

    select
        {{ days_of }}.{{ customer | join(',\n        ' ~ days_of ~ '.') }},
        cast({{ dbt.date_trunc('month', 'days.transaction_date') }} as date) as month_start,
        sum(days.revenue) as revenue,
        sum(days.gross_margin) as gross_margin,
        sum(days.order_count) as order_count
    {%- if is_incremental() %}
    from changed_customers
    inner join build_window
        on changed_customers.organization_id = build_window.organization_id
    left join {{ ref('fct_customer_day') }} as days
        on
            {{ same_key('changed_customers', 'days', customer) }}
            and days.transaction_date <= build_window.as_of_date
            and (days.order_count > 0 or days.refund_count > 0)
    {%- else %}
    from {{ ref('fct_customer_day') }} as days
    inner join build_window
        on
            days.organization_id = build_window.organization_id
            and days.transaction_date <= build_window.as_of_date
            and (days.order_count > 0 or days.refund_count > 0)
    {%- endif %}
    where {{ days_of }}.customer_type <> 'unknown'
    group by
        {{ days_of }}.{{ customer | join(',\n        ' ~ days_of ~ '.') }},
        cast({{ dbt.date_trunc('month', 'days.transaction_date') }} as date)

),

months as (

    select
        totals.*,
        {% for term in of_prices -%}
        prices.{{ term }},
        {% endfor -%}
        {{ month_index('totals.month_start') }} as month_number
    from totals
    left join {{ ref('int_customer_prices') }} as prices
        on {{ same_key('totals', 'prices', customer + ['month_start']) }}

),

framed as (

    select
        *,
        {% for measure in measures -%}
        sum({{ measure }}) over previous_month as {{ measure }}_previous_month,
        sum({{ measure }}) over this_quarter as {{ measure }}_this_quarter,
        sum({{ measure }}) over previous_quarter as {{ measure }}_previous_quarter,
        sum({{ measure }}) over previous_year as {{ measure }}_previous_year,
        {% endfor -%}
        {% for term in of_prices -%}
        coalesce(sum({{ term }}) over until_now, 0) as {{ term }}_so_far,
        {% endfor -%}
        sum(revenue) over this_year as revenue_this_year,
        sum(revenue * month_number) over this_year as revenue_by_month_number,
        least(12, month_number - min(month_number) over this_customer + 1) as trend_months
    from months
    window
        this_customer as (partition by {{ customer | join(', ') }}),
        until_now as (this_customer order by month_number rows unbounded preceding),
        previous_month as (this_customer order by month_number range between 1 preceding and 1 preceding),
        this_quarter as (this_customer order by month_number range between 2 preceding and current row),
        previous_quarter as (this_customer order by month_number range between 5 preceding and 3 preceding),
        previous_year as (this_customer order by month_number range between 12 preceding and 12 preceding),
        this_year as (this_customer order by month_number range between 11 preceding and current row)

),

-- least squares of revenue on x = 0 .. n-1, the months up to this one since the first, twelve at most:
-- slope = (n sum(xy) - sum(x) sum(y)) / (n sum(x^2) - sum(x)^2) and the denominator is n^2 (n^2 - 1) / 12
final as (

    select
        {{ customer | join(',\n        ') }},
        month_start,
        cast(revenue as numeric(18, 2)) as revenue,
        cast(gross_margin as numeric(18, 2)) as gross_margin,
        cast(order_count as bigint) as order_count,
        {% for measure in measures -%}
        {% for change, current, previous in [
            ('mom', measure, measure ~ '_previous_month'),
            ('qoq', measure ~ '_this_quarter', measure ~ '_previous_quarter'),
            ('yoy', measure, measure ~ '_previous_year'),
        ] -%}
        case
            when {{ previous }} > 0
                then 100 * ({{ ratio(current ~ ' - ' ~ previous, previous) }})
        end as {{ measure }}_{{ change }}_percent,
        {% endfor -%}
        {% endfor -%}
        {{ ratio(
            '12 * trend_months * (revenue_by_month_number - (month_number - trend_months + 1) * revenue_this_year)'
            ~ ' - 6 * trend_months * (trend_months - 1) * revenue_this_year',
            'trend_months * trend_months * (trend_months * trend_months - 1)'
        ) }} as revenue_trend_per_month,
        cast(line_count_so_far as bigint) as line_count_so_far,
        cast(sxx_so_far as numeric(28, 12)) as sxx_so_far,
        cast(sxy_so_far as numeric(28, 12)) as sxy_so_far
    from framed

)

select * from final
