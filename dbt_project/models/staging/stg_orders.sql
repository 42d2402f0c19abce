{{ latest_versions('orders', ['order_id']) }}
