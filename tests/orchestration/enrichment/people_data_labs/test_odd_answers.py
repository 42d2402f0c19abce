"""Whatever stands in an answer: nobody is paid for twice, and everybody has one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.enrichment.provider import Outcome, Unavailable
from tests.orchestration.enrichment.conftest import Labs
from tests.orchestration.enrichment.people_data_labs.people import known, people
from tests.orchestration.enrichment.stub.ledger import Ledger
from tests.orchestration.enrichment.stub.people_data_labs import Fault, Stub, only

PLENTY = 10_000


def test_slots_that_failed_are_asked_again(labs: Labs) -> None:
    def tenth_failed(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {"status": 502, "metadata": slot["metadata"]} if n % 10 == 0 else slot
            for n, slot in enumerate(slots)
        ]

    fault = Fault(rewrites=tenth_failed, is_silent=True)
    _, client = labs(Stub(fault=only(fault, 1)))
    asked, ledger = people(80), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert ledger.outcomes[Outcome.PENDING] == 0


def test_a_paid_slot_that_names_nobody_is_not_asked_for_again(labs: Labs) -> None:
    def nameless(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**slot, "metadata": None} for slot in slots[:5]] + slots[5:]

    stub, client = labs(Stub(fault=only(Fault(rewrites=nameless), 1)))
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(80))
    assert ledger.outcomes[Outcome.PENDING] == 5
    assert (len(stub.calls), ledger.spent) == (1, stub.credits)
    kept = [a.body for a in ledger.answers if a.outcome is Outcome.PENDING and a.body]
    assert len(json.loads(kept[0])) == 80


def test_a_match_without_a_status_is_kept_and_not_asked_for_again(labs: Labs) -> None:
    def unmarked(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**slot, "status": None} if "data" in slot else slot for slot in slots]

    stub, client = labs(Stub(fault=only(Fault(rewrites=unmarked, is_silent=True), 1)))
    asked, ledger = people(80), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert (len(stub.calls), ledger.spent) == (1, stub.credits)


def test_a_bulk_that_is_answered_in_another_form_is_not_asked_for_again(labs: Labs) -> None:
    wrapped = Fault(rewrites=lambda slots: {"status": 200, "data": slots}, is_silent=True)
    stub, client = labs(Stub(fault=lambda *_: wrapped))
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(80))
    assert ledger.outcomes == {Outcome.PENDING: 80}
    assert (len(stub.calls), ledger.spent) == (1, 80)


def test_a_provider_that_nobody_can_read_is_not_paid_on_and_on(labs: Labs) -> None:
    wrapped = Fault(rewrites=lambda slots: {"status": 200, "data": slots})
    stub, client = labs(
        Stub(fault=lambda number, _: wrapped if number != 2 else None), connections=1
    )
    ledger = Ledger(PLENTY)
    with pytest.raises(Unavailable, match=r"3 answers .* could not be read"):
        ledger.ask(client, people(800))
    assert len(stub.calls) == 5
    assert ledger.outcomes[Outcome.PENDING] == 4 * 80
    assert not ledger.under_way


def test_values_of_wrong_types_do_no_harm(labs: Labs) -> None:
    def mistyped(slots: list[dict[str, Any]]) -> list[Any]:
        odd: list[Any] = [None, "no slot", 7, {"metadata": []}, {"status": True, "metadata": {}}]
        texts = [
            slot | {"status": str(slot["status"]), "likelihood": str(slot.get("likelihood"))}
            for slot in slots
        ]
        return odd + [t | {"metadata": {"row": int(t["metadata"]["row"])}} for t in texts]

    _, client = labs(Stub(fault=lambda *_: Fault(rewrites=mistyped)))
    asked, ledger = people(160), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert {a.likelihood for a in ledger.answers} <= {None, *range(1, 11)}


def test_a_likelihood_beyond_all_numbers_is_unknown(labs: Labs) -> None:
    def beyond(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [slot | {"likelihood": 1e300} for slot in slots]

    _, client = labs(Stub(fault=lambda *_: Fault(rewrites=beyond)))
    asked, ledger = people(80), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert {answer.likelihood for answer in ledger.answers} == {None}


@pytest.mark.parametrize(
    "rewrites",
    [
        lambda slots: slots + slots,
        lambda slots: [*slots, {**slots[0], "metadata": {"row": "4711"}}],
        lambda slots: slots[:-7],
        lambda slots: [*slots[:40], *slots[:40]],
    ],
    ids=["everybody twice", "a stranger", "too few", "half of them twice"],
)
@pytest.mark.parametrize("is_silent", [False, True])
def test_everybody_has_one_answer_whatever_stands_in_a_bulk(
    labs: Labs, rewrites: Callable[[Any], Any], is_silent: bool
) -> None:
    odd = Fault(rewrites=rewrites, is_silent=is_silent)
    stub, client = labs(Stub(fault=only(odd, 1)))
    asked, ledger = people(160), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects() == sorted(request.subject for request in asked)
    assert ledger.spent >= stub.credits


@pytest.mark.parametrize("content", [None, "fine", 7, ""])
def test_an_answer_that_is_no_list_may_be_paid_and_is_not_asked_for_again(
    labs: Labs, content: object
) -> None:
    odd = Fault(rewrites=lambda _: content, is_silent=True)
    stub, client = labs(Stub(fault=lambda *_: odd))
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(80))
    assert ledger.outcomes == {Outcome.PENDING: 80}
    assert (len(stub.calls), ledger.spent) == (1, 80)


def test_a_page_of_somebody_else_is_no_answer_and_costs_nothing(labs: Labs) -> None:
    page = Fault(rewrites=lambda _: "<html>Log in to the network</html>", is_silent=True)
    _, client = labs(Stub(fault=lambda *_: page), patience=0.2)
    ledger = Ledger(PLENTY)
    with pytest.raises(Unavailable):
        ledger.ask(client, people(80))
    assert ledger.spent == 0
