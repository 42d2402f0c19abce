{{ latest_versions('ab_tests', ['test_id']) }}
