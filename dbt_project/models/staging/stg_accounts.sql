{{ latest_versions('accounts', ['customer_id']) }}
