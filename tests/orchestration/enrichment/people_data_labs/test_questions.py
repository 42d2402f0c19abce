"""What is asked about whom."""

import pytest

from orchestration.enrichment.people_data_labs import company, person


@pytest.mark.parametrize(
    "known",
    [
        {"email": "ann@example.com"},
        {"phone": "+13125550100"},
        {"name": "Ann Bee", "postal_code": "60614"},
        {"first_name": "Ann", "last_name": "Bee", "company": "Lake"},
    ],
)
def test_a_person_can_be_asked_for_by_what_tells_who_it_is(known: dict[str, str]) -> None:
    request = person("labs", "club", "m1", {**known, "locality": None})
    assert request
    assert request.params == known


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"name": "Ann Bee"},
        {"first_name": "Ann", "postal_code": "60614"},
        {"email": " "},
        {"locality": "Chicago"},
    ],
)
def test_too_little_is_not_asked(known: dict[str, str]) -> None:
    assert person("labs", "club", "m1", known) is None


def test_a_company_needs_a_name_or_a_website() -> None:
    assert company("labs", "shop", "a1", {"locality": "Chicago"}) is None
    request = company("labs", "shop", "a1", {"website": "lake.example ", "name": ""})
    assert request
    assert request.params == {"website": "lake.example"}


def test_equal_questions_have_equal_hashes_whoever_they_are_about() -> None:
    one = person("labs", "club", "m1", {"name": "Ann", "company": "Lake"})
    same = person("labs", "other", "m2", {"company": "Lake", "name": "Ann"})
    another = person("demo", "club", "m1", {"name": "Ann", "company": "Lake"})
    assert one
    assert same
    assert another
    assert one.hash == same.hash != another.hash
