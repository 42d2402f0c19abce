{{ latest_versions('members', ['member_id']) }}
