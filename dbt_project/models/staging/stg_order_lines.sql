{{ latest_versions('order_lines', ['order_id', 'line_number']) }}
