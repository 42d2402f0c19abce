{{ config(indexes=btree([['organization_id', 'campaign_id', 'month_start']])) }}

{{ campaign_roll_up('month') }}
