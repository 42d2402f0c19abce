{{ latest_versions('erasure_requests', ['request_id']) }}
