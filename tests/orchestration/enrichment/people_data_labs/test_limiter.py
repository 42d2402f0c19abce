"""The limit is used up and not overrun, whether it counts calls or persons."""

import time

import pytest

from orchestration.enrichment.provider import Unavailable
from tests.orchestration.enrichment.conftest import Labs
from tests.orchestration.enrichment.people_data_labs.people import people
from tests.orchestration.enrichment.stub.ledger import Ledger
from tests.orchestration.enrichment.stub.people_data_labs import Stub

PLENTY = 10_000
A_MINUTE = 60


@pytest.mark.parametrize(
    ("rules", "persons"),
    [
        (Stub(limit=1000, window=0.6, counts_items=True), 3600),
        (Stub(limit=10, window=0.6, latency=0.01), 2800),
    ],
    ids=["persons", "calls"],
)
def test_no_window_is_waited_for_that_the_limit_does_not_demand(
    labs: Labs, rules: Stub, persons: int
) -> None:
    stub, client = labs(rules)
    ledger = Ledger(PLENTY)
    started, worked = time.monotonic(), time.process_time()
    ledger.ask(client, people(persons))
    took = time.monotonic() - started
    # What stub and client work would pass unseen in a window of a minute.
    worked = time.process_time() - worked
    waits = 3
    assert waits <= took / rules.window < waits + 1 + worked / rules.window
    assert len(ledger.answers) == persons
    assert set(stub.asked.values()) == {1}
    assert stub.turned_away <= 2


def test_a_limit_that_others_use_too_is_waited_for(labs: Labs) -> None:
    stub, client = labs(Stub(limit=100, window=0.3, counts_items=True))
    stub.left("/person/bulk", 90)
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(150))
    assert len(ledger.answers) == 150
    assert set(stub.asked.values()) == {1}


def test_no_call_waits_where_no_limit_is_told(labs: Labs) -> None:
    _, client = labs()
    started = time.monotonic()
    Ledger(PLENTY).ask(client, people(1600))
    assert time.monotonic() - started < A_MINUTE / 2


def test_a_limit_that_lasts_longer_than_the_patience_ends_the_asking(labs: Labs) -> None:
    stub, client = labs(Stub(limit=2, window=3600))
    ledger = Ledger(PLENTY)
    with pytest.raises(Unavailable, match=r"leaves no room for 3,[56]\d\d seconds"):
        ledger.ask(client, people(400))
    assert len(ledger.answers) == 160
    assert ledger.spent == stub.credits
    assert not ledger.under_way


def test_a_limit_of_nothing_ends_the_asking(labs: Labs) -> None:
    _, client = labs(Stub(limit=0, window=0.05), patience=0.2)
    ledger = Ledger(PLENTY)
    with pytest.raises(Unavailable, match="status 429"):
        ledger.ask(client, people(80))
    assert ledger.room() == PLENTY
