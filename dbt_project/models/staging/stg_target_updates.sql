{{ latest_versions('target_updates', ['target_id']) }}
