"""Enrichment can be seen without a key, and its answers say that they are made up."""

from collections.abc import Iterator

import pytest

from orchestration.enrichment.demo import DEMO, demo_provider
from orchestration.enrichment.people_data_labs import (
    PeopleDataLabs,
    companies,
    company,
    person,
    persons,
)
from orchestration.enrichment.provider import Answer, Outcome, Request
from tests.orchestration.enrichment.stub.ledger import Ledger

MEMBERS = 400


@pytest.fixture(scope="module")
def provider() -> Iterator[PeopleDataLabs]:
    with demo_provider() as demo:
        yield demo


def members() -> list[Request]:
    found = [
        person(
            DEMO, "club", f"m{n}", {"email": f"m{n}@{'lake.example' if n % 4 else 'example.com'}"}
        )
        for n in range(MEMBERS)
    ]
    return [request for request in found if request]


def answers(provider: PeopleDataLabs, requests: list[Request]) -> list[Answer]:
    ledger = Ledger(10_000)
    ledger.ask(provider, requests)
    return sorted(ledger.answers, key=lambda answer: answer.request.subject)


def test_most_members_are_found_some_are_not(provider: PeopleDataLabs) -> None:
    found = [a for a in answers(provider, members()) if a.outcome is Outcome.MATCHED]
    assert 0.6 < len(found) / MEMBERS < 0.8
    assert len({answer.likelihood for answer in found}) > 3


def test_answers_are_made_up_and_the_same_each_time(provider: PeopleDataLabs) -> None:
    once, again = (answers(provider, members()) for _ in range(2))
    assert provider.name == DEMO
    assert [answer.body for answer in once] == [answer.body for answer in again]
    ids = persons([a.body for a in once if a.outcome is Outcome.MATCHED])["person_id"].to_pylist()
    assert all(person_id.startswith("made-up-") for person_id in ids)


def test_who_writes_from_work_works_there(provider: PeopleDataLabs) -> None:
    found = [a for a in answers(provider, members()) if a.outcome is Outcome.MATCHED]
    rows = zip(found, persons([a.body for a in found]).to_pylist(), strict=True)
    at_work = {row["company_website"] for a, row in rows if int(a.request.subject[1:]) % 4}
    assert at_work == {"lake.example"}


def test_a_company_is_the_same_asked_by_itself_or_as_an_employer(provider: PeopleDataLabs) -> None:
    asked = company(DEMO, "shop", "a1", {"website": "lake.example"})
    assert asked
    (itself,) = companies([answers(provider, [asked])[0].body]).to_pylist()
    found = [a.body for a in answers(provider, members()) if a.outcome is Outcome.MATCHED]
    employers = [r for r in persons(found).to_pylist() if r["company_website"] == "lake.example"]
    assert {row["company_size"] for row in employers} == {itself["size"]}
