{{ latest_versions('corporate_connectors', ['name', 'company']) }}
