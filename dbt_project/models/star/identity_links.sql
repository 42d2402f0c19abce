{{ config(schema='staging', materialized='view') }}

{{ scores() }}
