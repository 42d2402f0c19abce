{{ latest_snapshot('members', 'member_id') }}
