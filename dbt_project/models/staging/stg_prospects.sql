{{ latest_versions('prospects', ['prospect_id']) }}
