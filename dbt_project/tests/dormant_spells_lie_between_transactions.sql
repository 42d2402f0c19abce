-- In a dormant spell nothing was bought, and none begins before the one before has ended.
{{ config(meta={'dagster': {'ref': {'name': 'dormant_spells'}}}) }}

select
    spells.organization_id,
    spells.customer_type,
    spells.customer_id,
    spells.last_transaction_date
from {{ ref('dormant_spells') }} as spells
inner join {{ ref('as_of_dates') }} as as_of
    on spells.organization_id = as_of.organization_id
inner join {{ ref('fct_customer_day') }} as days
    on
        spells.organization_id = days.organization_id
        and spells.customer_type = days.customer_type
        and spells.customer_id = days.customer_id
        and spells.last_transaction_date < days.transaction_date
        and coalesce(spells.returned_date, {{ plus_days('as_of.as_of_date', 1) }}) > days.transaction_date
where days.order_count > 0
