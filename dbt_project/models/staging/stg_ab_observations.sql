{{ latest_versions('ab_observations', ['test_id', 'unit_id']) }}
