{{ latest_versions('member_visits', ['member_id', 'visited_at']) }}
