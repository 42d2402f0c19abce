"""Companies: one by one, and by search, page after page."""

import json
from dataclasses import replace

import pytest

from orchestration.enrichment.people_data_labs import NAME, company, company_search, next_page
from orchestration.enrichment.provider import Outcome, Request
from tests.orchestration.enrichment.conftest import Labs
from tests.orchestration.enrichment.stub.ledger import Ledger
from tests.orchestration.enrichment.stub.people_data_labs import Fault, Stub

LAWYERS = {"bool": {"must": [{"term": {"industry": "law practice"}}]}}


def search(size: int) -> Request:
    return company_search(NAME, "shop", "ideal", LAWYERS, size)


def test_a_company_is_answered_flat(labs: Labs) -> None:
    stub, client = labs()
    websites = [f"lake{n}.example" for n in range(20)]
    asked = [company(NAME, "shop", site, {"website": site}) for site in websites]
    ledger = Ledger(100)
    ledger.ask(client, [request for request in asked if request])
    assert sorted(ledger.outcomes) == [Outcome.MATCHED, Outcome.NOT_FOUND]
    assert ledger.spent == stub.credits == ledger.outcomes[Outcome.MATCHED]
    for answer in ledger.answers:
        if answer.outcome is Outcome.MATCHED:
            assert json.loads(answer.body)["website"] == answer.request.subject
            assert answer.likelihood == 6


def test_what_a_200_says_of_itself_is_believed(labs: Labs) -> None:
    missing = Fault(rewrites=lambda _: {"status": 404, "error": {}}, is_silent=True)
    _, client = labs(Stub(fault=lambda *_: missing))
    asked, ledger = company(NAME, "shop", "1", {"website": "lake1.example"}), Ledger(100)
    ledger.ask(client, [asked] if asked else [])
    assert (ledger.outcomes, ledger.spent) == ({Outcome.NOT_FOUND: 1}, 0)


def test_a_search_is_paid_by_the_record(labs: Labs) -> None:
    stub, client = labs(Stub(tells_credits=False))
    ledger = Ledger(100)
    ledger.ask(client, [search(60)])
    assert client.price([search(60)]) == ledger.spent == stub.credits == 60
    records = json.loads(ledger.answers[0].body)["data"]
    assert {record["industry"] for record in records} == {"law practice"}


def test_pages_follow_from_stored_answers_until_there_are_no_more(labs: Labs) -> None:
    stub, client = labs()
    ledger = Ledger(1000)
    page: Request | None = search(100)
    while page:
        ledger.ask(client, [page])
        page = next_page(ledger.answers[-1], 100)
    found = [
        record["website"]
        for answer in ledger.answers
        if answer.outcome is Outcome.MATCHED
        for record in json.loads(answer.body)["data"]
    ]
    assert len(found) == len(set(found)) == ledger.spent == stub.credits == 250
    assert ledger.answers[-1].outcome is Outcome.NOT_FOUND
    assert len({answer.request.hash for answer in ledger.answers}) == len(ledger.answers) == 4


@pytest.mark.parametrize(
    "odd",
    [{"scroll_token": "100"}, {"data": "no list"}, {"data": []}, {"scroll_token": None}],
    ids=["same token", "no list", "empty", "no token"],
)
def test_a_page_that_leads_nowhere_is_the_last(labs: Labs, odd: dict[str, object]) -> None:
    _, client = labs(Stub(fault=lambda *_: Fault(rewrites=lambda page: page | odd)))
    request, ledger = search(10), Ledger(100)
    request = replace(request, params={**request.params, "scroll_token": "100"})
    ledger.ask(client, [request])
    assert ledger.outcomes == {Outcome.MATCHED: 1}
    assert next_page(ledger.answers[0], 10) is None


def test_the_last_page_is_as_long_as_the_budget(labs: Labs) -> None:
    stub, client = labs()
    ledger = Ledger(30)
    ledger.ask(client, [search(100), search(100)])
    assert (ledger.spent, stub.credits, len(stub.calls)) == (30, 30, 1)
    assert ledger.answers[0].request.params["size"] == 30


def test_a_search_that_was_lost_is_not_repeated(labs: Labs) -> None:
    stub, client = labs(Stub(fault=lambda *_: Fault(cuts=0.5, is_silent=True)))
    ledger = Ledger(100)
    ledger.ask(client, [search(50)])
    assert (ledger.outcomes, len(stub.calls)) == ({Outcome.PENDING: 1}, 1)
    assert ledger.spent == stub.credits == 50
    assert ledger.answers[0].body
    assert next_page(ledger.answers[0], 50) is None
