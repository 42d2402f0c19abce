{{ config(materialized='view') }}

{{ scores() }}
