{{ latest_versions('campaigns', ['campaign_id']) }}
