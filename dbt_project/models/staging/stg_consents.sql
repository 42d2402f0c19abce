{{ latest_versions('consents', ['customer_id', 'purpose']) }}
