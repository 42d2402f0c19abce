{{ latest_versions('bookings', ['booking_id']) }}
