"""Persons are asked for in bulk, within the budget, and each answer belongs to its request."""

import json
import socket
from dataclasses import replace

import pytest

from orchestration.enrichment.people_data_labs import PERSON
from orchestration.enrichment.provider import (
    Call,
    Exhausted,
    KeyRefused,
    Outcome,
    OverBudget,
    Unavailable,
)
from tests.orchestration.enrichment.conftest import Labs
from tests.orchestration.enrichment.people_data_labs.people import email, known, people
from tests.orchestration.enrichment.stub.ledger import Ledger
from tests.orchestration.enrichment.stub.people_data_labs import Fault, Stub, shuffled

PLENTY = 10_000


def test_answers_are_joined_on_metadata_whatever_their_order(labs: Labs) -> None:
    _, client = labs(Stub(fault=lambda *_: Fault(rewrites=shuffled)))
    asked, ledger = people(200), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    for answer in ledger.answers:
        data = json.loads(answer.body).get("data")
        assert not data or data["personal_emails"] == [answer.request.subject]


def test_every_request_has_one_answer_and_misses_are_free(labs: Labs) -> None:
    stub, client = labs()
    asked, ledger = people(200), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects() == sorted(request.subject for request in asked)
    assert ledger.outcomes[Outcome.NOT_FOUND] == 200 - len(known(asked))
    assert ledger.spent == stub.credits == len(known(asked))
    assert sum(answer.credits for answer in ledger.answers) == ledger.spent
    assert sorted(call.items for call in stub.calls) == [40, 80, 80]


def test_connections_are_kept_and_answers_come_packed(labs: Labs) -> None:
    stub, client = labs(connections=2)
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(800))
    assert stub.connections <= 2 < len(stub.calls)
    assert all("gzip" in call.headers["Accept-Encoding"] for call in stub.calls)


@pytest.mark.parametrize("credits", [0, 1, 79, 80, 81, 133])
def test_the_budget_is_not_exceeded_by_a_single_credit(labs: Labs, credits: int) -> None:
    stub, client = labs()
    asked, ledger = people(300), Ledger(credits)
    ledger.ask(client, asked)
    assert stub.credits == ledger.spent == min(credits, len(known(asked)))
    assert max(stub.asked.values(), default=1) == 1


def test_no_call_leaves_that_the_budget_could_not_pay_if_all_were_found(labs: Labs) -> None:
    stub, client = labs()
    ledger = Ledger(100)
    for reply in ledger.replies(client, people(300)):
        assert stub.credits <= ledger.spent + sum(c.price for c in ledger.under_way.values()) <= 100
        ledger.keep(reply)


def test_a_budget_that_another_run_has_spent_meanwhile_ends_the_asking(labs: Labs) -> None:
    class Taken(Ledger):
        def reserve(self, call: Call) -> None:
            if self.answers:
                raise OverBudget
            super().reserve(call)

    stub, client = labs()
    ledger = Taken(PLENTY)
    ledger.ask(client, people(300))
    assert len(stub.calls) == 1
    assert len(ledger.answers) == 80


def test_without_a_header_a_call_costs_its_matches(labs: Labs) -> None:
    _, client = labs(Stub(tells_credits=False, tells_account=False))
    asked, ledger = people(200), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.spent == len(known(asked))


def test_a_match_that_is_not_sure_enough_counts_as_not_found_but_was_paid(labs: Labs) -> None:
    _, client = labs(min_likelihood=8)
    asked, ledger = people(200), Ledger(PLENTY)
    ledger.ask(client, asked)
    unsure = [a for a in ledger.answers if a.likelihood and a.likelihood < 8]
    assert unsure
    assert {(a.outcome, a.credits) for a in unsure} == {(Outcome.NOT_FOUND, 1)}
    assert ledger.spent == len(known(asked))


def test_single_persons_go_by_get_where_bulks_are_switched_off(labs: Labs) -> None:
    stub, client = labs(batch=1)
    asked, ledger = people(20), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert {call.path for call in stub.calls} == {f"/{PERSON}"}


def test_an_unknown_key_is_refused_at_once_and_costs_nothing(labs: Labs) -> None:
    stub, client = labs(Stub(fault=lambda *_: Fault(status=401)))
    ledger = Ledger(PLENTY)
    with pytest.raises(KeyRefused, match="PDL_API_KEY"):
        ledger.ask(client, people(300))
    assert len(stub.calls) == 1
    assert (ledger.room(), ledger.answers) == (PLENTY, [])


def test_an_empty_account_ends_the_asking_with_what_was_got(labs: Labs) -> None:
    stub, client = labs(Stub(account=120))
    ledger = Ledger(PLENTY)
    with pytest.raises(Exhausted, match="no credits left"):
        ledger.ask(client, people(400))
    assert stub.credits == ledger.spent == ledger.outcomes[Outcome.MATCHED] > 0
    assert not ledger.under_way


def test_a_slot_that_says_the_account_is_empty_keeps_the_others(labs: Labs) -> None:
    def last_unpaid(slots: list[dict[str, object]]) -> list[dict[str, object]]:
        return [*slots[:-1], {"status": 402, "metadata": slots[-1]["metadata"]}]

    _, client = labs(Stub(tells_credits=False, fault=lambda *_: Fault(rewrites=last_unpaid)))
    asked, ledger = people(80), Ledger(PLENTY)
    with pytest.raises(Exhausted):
        ledger.ask(client, asked)
    assert len(ledger.answers) == 79


def test_a_wrong_request_is_refused_once(labs: Labs) -> None:
    stub, client = labs(Stub(fault=lambda *_: Fault(status=400)))
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(80))
    assert len(stub.calls) == 1
    assert ledger.outcomes == {Outcome.REFUSED: 80}
    assert ledger.spent == 0


@pytest.mark.parametrize("location", ["http://other.example/", "http://[", "\xe9", ""])
def test_a_redirect_is_not_followed(labs: Labs, location: str) -> None:
    fault = Fault(status=302, headers={"Location": location})
    stub, client = labs(Stub(fault=lambda *_: fault))
    with pytest.raises(Unavailable, match="redirect"):
        Ledger(PLENTY).ask(client, people(80))
    assert len(stub.calls) == 1


def test_nobody_there_is_said_after_the_patience_is_over(labs: Labs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    _, client = labs(base_url=url, patience=0.2)
    ledger = Ledger(PLENTY)
    with pytest.raises(Unavailable, match="no connection"):
        ledger.ask(client, people(80))
    assert (ledger.room(), ledger.answers) == (PLENTY, [])


def test_an_unknown_endpoint_is_named(labs: Labs) -> None:
    _, client = labs()
    wrong = [replace(people(1)[0], endpoint="ip/enrich")]
    with pytest.raises(ValueError, match="ip/enrich"):
        Ledger(PLENTY).ask(client, wrong)


def test_a_bulk_has_one_to_a_hundred_persons(labs: Labs) -> None:
    with pytest.raises(ValueError, match="1 to 100 persons a call, not 101"):
        labs(batch=101)


def test_email_of_a_request_stays_out_of_the_url(labs: Labs) -> None:
    stub, client = labs()
    Ledger(PLENTY).ask(client, people(1))
    assert [email(0) in call.url for call in stub.calls] == [False]
