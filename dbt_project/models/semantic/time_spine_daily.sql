{{ config(schema='star', materialized='view') }}

select distinct calendar_date
from {{ ref('dim_date') }}
