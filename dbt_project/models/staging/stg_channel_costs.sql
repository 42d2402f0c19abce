{{ latest_versions('channel_costs', ['campaign_id', 'channel', 'cost_date']) }}
