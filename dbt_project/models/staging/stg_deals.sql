{{ latest_versions('deals', ['deal_id']) }}
