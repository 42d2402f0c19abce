{{ config(indexes=btree([['organization_id', 'campaign_id', 'channel', 'week_start']])) }}

{{ channel_roll_up('week') }}
