"""A club's JSON files: counts without times, a survey, people and their companies."""

import json
import random
from datetime import UTC, datetime
from typing import Any

ORGANIZATION_ID = "club_json"
MIDNIGHT = datetime(2025, 3, 31, 7, tzinfo=UTC)


def test_counts_of_visits_load_and_those_who_stayed_away_are_skipped(system: Any) -> None:
    rng = random.Random(1)
    visits = {f"M{number}": rng.randrange(12) for number in range(300)}
    records = [{"member_id": member, "visits_last_month": n} for member, n in visits.items()]
    system.deliver("2025-03-31/member_visits.json", json.dumps(records, indent=2))
    result = system.load("member_visits")
    came = {member: n for member, n in visits.items() if n}
    assert result.rows_skipped == len(visits) - len(came) > 0
    loaded = system.rows("select member_id, visits, visited_at from raw.member_visits")
    assert {row[:2] for row in loaded} == set(came.items())
    assert {row[2] for row in loaded} == {MIDNIGHT}


def test_answers_of_a_survey_load(system: Any) -> None:
    system.deliver(
        "2025-03-31/survey_results.json",
        '{"survey": "spring", "results": [{"member_id": "M1", "motivation": "social"},'
        ' {"member_id": "M2", "motivation": null}]}',
    )
    system.load("survey_responses")
    assert system.rows(
        "select response_id, question, response, responded_at from raw.survey_responses order by 1"
    ) == [
        ("motivation-M1-2025-03-31", "motivation", "social", MIDNIGHT),
        ("motivation-M2-2025-03-31", "motivation", None, MIDNIGHT),
    ]


def test_people_and_their_companies_load_as_they_are(system: Any) -> None:
    system.deliver(
        "2025-03-31/corporate_connectors.json", '[{"name": "John Doe", "company": "Salesforce"}]'
    )
    system.load("corporate_connectors")
    assert system.rows("select name, company, member_id from raw.corporate_connectors") == [
        ("John Doe", "Salesforce", None)
    ]
