{{ config(indexes=btree([['organization_id', 'campaign_id', 'week_start']])) }}

{{ campaign_roll_up('week') }}
