{{ latest_snapshot('accounts', 'customer_id') }}
