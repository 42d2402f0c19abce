"""Whatever breaks: nobody is paid for twice, nothing that came is lost, the budget holds."""

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from orchestration.enrichment.provider import Outcome, Unavailable
from tests.orchestration.enrichment.conftest import Labs
from tests.orchestration.enrichment.people_data_labs.people import email, known, people
from tests.orchestration.enrichment.stub.ledger import Ledger
from tests.orchestration.enrichment.stub.people_data_labs import Fault, Stub, only

PLENTY = 10_000


def wait_for(happened: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_the_provider_failed_at_is_asked_again_and_answered(labs: Labs, status: int) -> None:
    stub, client = labs(Stub(fault=only(Fault(status=status), 1, 3, 4)))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert set(stub.asked.values()) == {1}
    assert ledger.outcomes.total() == 400


def test_a_fault_that_was_not_paid_costs_nothing_once_the_meter_tells(labs: Labs) -> None:
    fault = Fault(status=502, is_silent=True)
    stub, client = labs(Stub(fault=only(fault, 3)))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.spent == stub.credits == len(known(asked))


@pytest.mark.parametrize(
    "fault", [Fault(status=502, is_paid=True, is_silent=True), Fault(drops=True, is_paid=True)]
)
def test_a_lost_answer_that_the_meter_shows_paid_is_not_asked_for_again(
    labs: Labs, fault: Fault
) -> None:
    stub, client = labs(Stub(fault=only(fault, 2)))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert set(stub.asked.values()) == {1}
    assert ledger.outcomes[Outcome.PENDING] == 80
    assert ledger.spent == stub.credits


def test_a_lost_call_that_the_meter_shows_unpaid_is_asked_again(labs: Labs) -> None:
    stub, client = labs(Stub(fault=only(Fault(drops=True), 2, 3)))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert set(stub.asked.values()) == {1}
    assert ledger.spent == stub.credits


def test_headers_are_asked_for_until_they_come_and_nobody_else_meanwhile(labs: Labs) -> None:
    fault = only(Fault(drops=True), 2)
    stub, client = labs(Stub(fault=fault, head=lambda number: 503 if number < 4 else 400))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert stub.heads == 4
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert set(stub.asked.values()) == {1}


@pytest.mark.parametrize("is_paid", [False, True])
def test_where_headers_alone_cannot_be_had_the_next_call_tells(labs: Labs, is_paid: bool) -> None:
    fault = only(Fault(drops=True, is_paid=is_paid), 2)
    stub, client = labs(Stub(fault=fault, head=lambda number: 501), connections=1)
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert stub.heads == 1
    assert set(stub.asked.values()) == {1}
    assert ledger.outcomes[Outcome.PENDING] == (80 if is_paid else 0)
    assert ledger.spent == stub.credits


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_lost_answer_without_a_meter_counts_as_paid_and_is_not_asked_for_again(
    labs: Labs, is_paid: bool
) -> None:
    fault = Fault(drops=True, is_paid=is_paid)
    stub, client = labs(Stub(tells_account=False, fault=only(fault, 2)))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert max(stub.asked.values()) == 1
    lost = ledger.subjects(Outcome.PENDING)
    assert len(lost) == 80
    assert ledger.spent == sum(answer.credits for answer in ledger.answers)
    assert ledger.spent - stub.credits == 80 - sum(stub.paid[subject] for subject in lost)
    assert any(stub.paid[subject] for subject in lost) is is_paid


def test_a_silent_fault_without_a_meter_counts_as_paid_when_it_is_asked_again(labs: Labs) -> None:
    fault = Fault(status=502, is_paid=True, is_silent=True)
    stub, client = labs(Stub(tells_account=False, fault=only(fault, 2)))
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert stub.credits <= ledger.spent == len(known(asked)) + 80


@pytest.mark.parametrize("is_silent", [False, True])
def test_of_an_answer_that_breaks_off_all_that_came_is_kept(labs: Labs, is_silent: bool) -> None:
    stub, client = labs(Stub(fault=only(Fault(cuts=0.5, is_silent=is_silent), 1)))
    asked, ledger = people(80), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert 20 < ledger.outcomes.total() - ledger.outcomes[Outcome.PENDING] < 60
    assert 20 < ledger.outcomes[Outcome.PENDING] < 60
    assert set(stub.asked.values()) == {1}
    assert ledger.spent == (80 if is_silent else stub.credits)
    assert sum(answer.credits for answer in ledger.answers) == ledger.spent


def test_a_reset_after_the_whole_answer_loses_nothing(labs: Labs) -> None:
    stub, client = labs(Stub(fault=lambda *_: Fault(cuts=1.0)))
    asked, ledger = people(160), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert ledger.outcomes[Outcome.PENDING] == 0
    assert set(stub.asked.values()) == {1}


def test_an_answer_that_takes_too_long_is_pending(labs: Labs) -> None:
    stub, client = labs(Stub(fault=only(Fault(seconds=0.4), 1)), read_timeout=0.1)
    ledger = Ledger(PLENTY)
    ledger.ask(client, people(10))
    assert ledger.outcomes == {Outcome.PENDING: 10}
    assert len(stub.calls) == 1


def test_an_answer_that_is_paid_after_nobody_waits_for_it_any_longer_is_in_the_budget(
    labs: Labs,
) -> None:
    late = only(Fault(seconds=0.8), 2)
    stub, client = labs(Stub(fault=late), read_timeout=0.2, connections=2)
    asked, ledger = people(400), Ledger(PLENTY)
    ledger.ask(client, asked)
    wait_for(lambda: sum(stub.asked.values()) == 400)
    assert set(stub.asked.values()) == {1}
    assert ledger.outcomes[Outcome.PENDING] == 80
    assert stub.credits <= ledger.spent <= stub.credits + 80


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let a signal interrupt: what was started in the background inherits that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_what_is_under_way_when_a_run_is_interrupted_is_kept(labs: Labs) -> None:
    main_thread = threading.main_thread().ident or 0

    def interrupt(number: int, _: list[str]) -> Fault:
        if number == 5:
            # By then the client does nothing but wait for this one and three others.
            threading.Timer(0.2, signal.pthread_kill, (main_thread, signal.SIGINT)).start()
        return Fault(seconds=0.5 if number > 1 else 0)

    stub, client = labs(Stub(fault=interrupt))
    ledger = Ledger(PLENTY)
    with pytest.raises(KeyboardInterrupt):
        ledger.ask(client, people(1600))
    assert ledger.outcomes.total() == sum(stub.asked.values()) == 400
    assert ledger.outcomes[Outcome.PENDING] == 0
    assert ledger.under_way == {}


def test_one_person_whom_the_provider_always_fails_at_holds_up_nobody_else(labs: Labs) -> None:
    poison = email(33)
    stub, client = labs(Stub(fault=lambda _, items: Fault(status=500) if poison in items else None))
    asked, ledger = people(160), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.PENDING) == [poison]
    assert ledger.outcomes.total() == 160
    assert ledger.spent == stub.credits


@pytest.mark.parametrize(
    ("reset", "remaining"),
    [
        ("", "None"),
        ("soon", "many"),
        ("9999-12-31T23:59:59Z", "{'minute': 0}"),
        ("1970-01-01T00:00:00Z", "{'minute': 0}"),
        ("1700000000", "{'minute': -3, 'day': None}"),
        ("2022-02-23T20:19:55+25:00", "{'minute': 1e300}"),
    ],
)
def test_a_storm_of_refusals_is_waited_out(labs: Labs, reset: str, remaining: str) -> None:
    storm = random.Random(4)
    headers = {"x-ratelimit-reset": reset, "x-ratelimit-remaining": remaining}
    refused = Fault(status=429, headers=headers)
    stub, client = labs(Stub(fault=lambda *_: refused if storm.random() < 0.5 else None))
    asked, ledger = people(800), Ledger(PLENTY)
    ledger.ask(client, asked)
    assert ledger.subjects(Outcome.MATCHED) == known(asked)
    assert set(stub.asked.values()) == {1}
    assert ledger.spent == stub.credits


def test_who_is_told_to_stay_away_for_a_second_does(labs: Labs) -> None:
    away = Fault(status=429, headers={"Retry-After": "1"})
    stub, client = labs(Stub(fault=only(away, 1)))
    Ledger(PLENTY).ask(client, people(80))
    first, second = stub.calls
    assert second.at - first.at >= 1


def test_a_provider_that_only_fails_is_left_after_the_patience_is_over(labs: Labs) -> None:
    _, client = labs(Stub(fault=lambda *_: Fault(status=429)), patience=0.2)
    ledger = Ledger(PLENTY)
    with pytest.raises(Unavailable, match=r"answered nothing .* \(status 429\)"):
        ledger.ask(client, people(80))
    assert ledger.room() == PLENTY


@pytest.mark.parametrize("seed", range(8))
def test_of_a_thousand_persons_under_random_faults_none_is_paid_twice(
    labs: Labs, seed: int
) -> None:
    dice = random.Random(seed)
    kinds = [
        Fault(status=429),
        Fault(status=503),
        Fault(status=502, is_silent=True),
        Fault(status=502, is_paid=True, is_silent=True),
        Fault(status=500, is_paid=True),
        Fault(drops=True),
        Fault(drops=True, is_paid=True),
        Fault(cuts=0.3),
        Fault(cuts=0.7, is_silent=True),
        Fault(rewrites=lambda slots: slots[3:], is_silent=True),
        Fault(rewrites=lambda slots: slots[2:] * 2),
        Fault(rewrites=lambda slots: None, is_silent=True),
        Fault(status=429, headers={"x-ratelimit-reset": "9999-12-31T23:59:59Z"}),
    ]
    budget = dice.choice([300, 2000])
    stub, client = labs(
        Stub(
            fault=lambda n, _: dice.choice(kinds) if n > 1 and dice.random() < 0.4 else None,
            head=lambda _: dice.choice([400, 400, 503]),
        ),
        batch=dice.choice([7, 80]),
    )
    asked, ledger = people(1000), Ledger(budget)
    for reply in ledger.replies(client, asked):
        assert stub.credits <= budget
        ledger.keep(reply)
    assert stub.credits <= ledger.spent <= budget
    assert max(stub.paid.values()) == 1
    subjects = ledger.subjects()
    assert len(subjects) == len(set(subjects))
    assert budget < 1000 or len(subjects) == 1000
