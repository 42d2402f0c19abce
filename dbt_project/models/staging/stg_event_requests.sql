{{ latest_versions('event_requests', ['event_id']) }}
