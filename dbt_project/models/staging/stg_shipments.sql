{{ latest_versions('shipments', ['shipment_id']) }}
