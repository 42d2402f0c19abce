{{ config(indexes=btree([['organization_id', 'campaign_id', 'channel', 'month_start']])) }}

{{ channel_roll_up('month') }}
