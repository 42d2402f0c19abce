"""What an unanswered call has cost, told by the account's own count."""

import pytest

from orchestration.enrichment.people_data_labs import NAME, PERSON
from orchestration.enrichment.people_data_labs.doubts import Doubts
from orchestration.enrichment.people_data_labs.wire import Delivery
from orchestration.enrichment.provider import Call

LOST, FAILED = Delivery(), Delivery(status=502)


def doubts(*deliveries: Delivery, left: int | None = 1000) -> Doubts:
    """Return calls of a price of 80 in doubt, after a reading and answers that cost 30."""
    some = Doubts()
    some.decided(left)
    some.meter.spent(30)
    for delivery in deliveries:
        some.add(Call(NAME, PERSON, (), 80), delivery)
    return some


@pytest.mark.parametrize("delivery", [LOST, FAILED])
def test_a_call_that_took_nothing_from_the_account_may_be_repeated(delivery: Delivery) -> None:
    (decision,) = doubts(delivery).decided(970)
    assert (decision.credits, decision.may_repeat) == (0, True)


@pytest.mark.parametrize("delivery", [LOST, FAILED])
def test_a_call_that_took_credits_is_charged_and_not_repeated(delivery: Delivery) -> None:
    (decision,) = doubts(delivery).decided(920)
    assert (decision.credits, decision.may_repeat) == (50, False)


@pytest.mark.parametrize(("left", "credits"), [(860, [80, 30]), (910, [60, 0])])
def test_several_calls_share_what_is_missing_and_none_is_repeated(
    left: int, credits: list[int]
) -> None:
    decisions = doubts(LOST, FAILED).decided(left)
    assert [decision.credits for decision in decisions] == credits
    assert not any(decision.may_repeat for decision in decisions)


def test_more_than_the_price_is_not_charged_where_others_use_the_account() -> None:
    (decision,) = doubts(LOST).decided(0)
    assert decision.credits == 80


@pytest.mark.parametrize(("before", "after"), [(1000, 5000), (None, 900), (1000, None)])
def test_without_two_readings_that_fit_a_call_counts_as_paid(
    before: int | None, after: int | None
) -> None:
    lost, failed = doubts(LOST, FAILED, left=before).decided(after)
    assert (lost.credits, lost.may_repeat) == (80, False)
    assert (failed.credits, failed.may_repeat) == (80, True)


@pytest.mark.parametrize("left", [970, 920])
def test_a_call_that_may_still_be_worked_on_counts_as_paid_whatever_is_left(left: int) -> None:
    late, lost = doubts(Delivery(is_under_way=True), LOST).decided(left)
    assert (late.credits, late.may_repeat) == (80, False)
    assert (lost.credits, lost.may_repeat) == (970 - left, left == 970)


def test_a_decision_is_made_once() -> None:
    some = doubts(LOST)
    assert some
    assert some.decided(970)
    assert not some
    assert some.decided(970) == []
