{{ latest_versions('leads', ['lead_id']) }}
