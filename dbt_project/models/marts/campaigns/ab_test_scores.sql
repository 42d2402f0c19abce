{{ config(schema='scores', materialized='view') }}

{{ scores() }}
