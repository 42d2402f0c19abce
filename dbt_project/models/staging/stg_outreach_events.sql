{{ latest_versions('outreach_events', ['event_id']) }}
