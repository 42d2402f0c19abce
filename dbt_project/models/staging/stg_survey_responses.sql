{{ latest_versions('survey_responses', ['response_id']) }}
