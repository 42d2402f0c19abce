{#-
The sums that features are made of, each a column of customer_features: (name, expression over the rows, window in days
or none).
-#}
{% macro purchase_sums() -%}
    {%- set sums = [
        ('transaction_count', 'transaction_count', none),
        ('total_revenue', 'revenue_cents', none),
        ('total_gross_margin', 'margin_cents', none),
        ('morning_count', 'morning_count', none),
        ('evening_count', 'evening_count', none),
    ] -%}
    {%- for weekday in range(1, 8) -%}
        {%- set bought = 'case when iso_weekday = ' ~ weekday ~ ' then transaction_count else 0 end' -%}
        {%- do sums.append(('weekday_' ~ weekday ~ '_count', bought, none)) -%}
    {%- endfor -%}
    {%- for window in [30, 90, 180, 365] -%}
        {%- do sums.append(('revenue_' ~ window ~ 'd', 'revenue_cents', window)) -%}
        {%- do sums.append(('margin_' ~ window ~ 'd', 'margin_cents', window)) -%}
        {%- do sums.append(('transactions_' ~ window ~ 'd', 'transaction_count', window)) -%}
    {%- endfor -%}
    {%- for outcome in ['cancellation', 'return', 'no_show'] -%}
        {%- do sums.append((outcome ~ 's_365d', outcome ~ '_count', 365)) -%}
    {%- endfor -%}
    {{ return(sums) }}
{%- endmacro %}

{% macro contact_sums() -%}
    {%- set sums = [] -%}
    {%- for name, kind, amount, window in [
        ('interactions_90d', 'interaction', '1', 90),
        ('interactions_365d', 'interaction', '1', 365),
        ('complaints_365d', 'complaint', '1', 365),
        ('tickets_90d', 'ticket', '1', 90),
        ('tickets_365d', 'ticket', '1', 365),
        ('tickets_closed_365d', 'closed_ticket', '1', 365),
        ('ticket_hours_365d', 'closed_ticket', 'amount', 365),
        ('csat_count_365d', 'csat', '1', 365),
        ('csat_sum_365d', 'csat', 'amount', 365),
        ('visits_30d', 'visit', 'amount', 30),
        ('visits_90d', 'visit', 'amount', 90),
        ('survey_responses_365d', 'survey_response', '1', 365),
    ] -%}
        {%- do sums.append((name, "case when kind = '" ~ kind ~ "' then " ~ amount ~ ' else 0 end', window)) -%}
    {%- endfor -%}
    {%- do sums.append((
        'tickets_open', "case kind when 'ticket' then 1 when 'closed_ticket' then -1 else 0 end", none
    )) -%}
    {{ return(sums) }}
{%- endmacro %}

{% macro variety_sums() -%}
    {{ return([
        ('products_365d', "case when kind = 'product' then 1 else 0 end", none),
        ('product_categories_365d', "case when kind = 'category' then 1 else 0 end", none),
    ]) }}
{%- endmacro %}

{#- What is remembered as the newest of its kind: (name, type, expression over the contacts). -#}
{% macro newest_contacts() -%}
    {%- set day_and_score = day_and_nps('contact_date', 'amount') -%}
    {{ return([
        ('last_interaction_date', 'date', "case when kind = 'interaction' then contact_date end"),
        ('last_visit_date', 'date', "case when kind = 'visit' then contact_date end"),
        ('last_nps', 'bigint', "case when kind = 'nps' then " ~ day_and_score ~ ' end'),
    ]) }}
{%- endmacro %}

{#- A day and a score as one number, the larger the later the day, within it the lower the score. -#}
{% macro day_and_nps(day, score) -%}
    16 * ({{ day }} - {{ nps_epoch() }}) + 10 - cast({{ score }} as bigint)
{%- endmacro %}

{#- The day from which last_nps counts. -#}
{% macro nps_epoch() -%}
    date '1900-01-01'
{%- endmacro %}

{#- Names of all sums, with the types in which they are added up: money in hundredths, by whole numbers. -#}
{% macro feature_sums() -%}
    {%- set named = [] -%}
    {%- for name, expression, window in purchase_sums() + contact_sums() + variety_sums() -%}
        {%- do named.append((name, 'numeric(28, 12)' if name == 'ticket_hours_365d' else 'bigint')) -%}
    {%- endfor -%}
    {{ return(named) }}
{%- endmacro %}

{#- Whether a sum is money. -#}
{% macro is_money(name) -%}
    {{ return('revenue' in name or 'margin' in name) }}
{%- endmacro %}
