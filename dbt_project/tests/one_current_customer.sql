-- One row speaks for each customer as of the as-of date.

select
    organization_id,
    customer_type,
    customer_id
from {{ ref('dim_customer') }}
group by organization_id, customer_type, customer_id
having count(case when is_current then 1 end) <> 1
