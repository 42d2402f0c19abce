{{ latest_versions('interactions', ['interaction_id']) }}
