{{ latest_versions('support_tickets', ['ticket_id']) }}
