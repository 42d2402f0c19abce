from datetime import date, timedelta

import pytest

from orchestration.exports.monitoring.arrivals import POSTPONED, REFUSED
from orchestration.exports.monitoring.freshness import find_lateness

FIRST_DAY = date(2024, 1, 1)  # a Monday
WEEK = range(7)


def judge(deliveries, first, last):
    return find_lateness(
        deliveries.arrivals(last), FIRST_DAY + timedelta(first), FIRST_DAY + timedelta(last)
    )


def weekdays_of(weeks, *weekdays):
    return [7 * week + weekday for week in range(weeks) for weekday in weekdays]


def test_an_empty_ledger_is_not_late(deliveries):
    deliveries.expect("shop", "daily")
    assert judge(deliveries, 0, 9) == []


@pytest.mark.parametrize("expected", ["daily", None])
def test_the_first_delivery_is_not_late(deliveries, expected):
    deliveries.expect("shop", expected)
    deliveries.add([5])
    assert judge(deliveries, 0, 5) == []


def test_a_day_without_a_file_is_named(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 1, 3])
    (late,) = judge(deliveries, 0, 3)
    assert (late.organization_id, late.export) == ("shop", "orders")
    assert late.listed(9) == "2024-01-03"
    assert (late.days_missing, late.days_late) == (1, 0)


def test_days_late_count_from_the_oldest_day_that_is_still_awaited(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 2, 3])
    (late,) = judge(deliveries, 6, 6)
    assert (late.newest_delivery, late.days_late) == (date(2024, 1, 4), 3)
    assert late.listed(9) == "2024-01-02, 2024-01-05 to 2024-01-07 (3 days)"
    assert late.days_missing == 4


def test_a_gap_before_the_judged_days_that_was_closed_since_is_no_warning(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 2, 3])
    assert judge(deliveries, 2, 3) == []


def test_a_backfilled_day_is_judged_as_it_was_on_that_day(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 1])
    then = judge(deliveries, 3, 3)
    deliveries.add([5, 6])
    assert judge(deliveries, 3, 3) == then
    assert then[0].days_late == 2


def test_nothing_is_due_at_the_weekend_where_weekdays_are_expected(deliveries):
    deliveries.expect("shop", "weekdays")
    deliveries.add(weekdays_of(2, 0, 1, 2, 3, 4))
    assert judge(deliveries, 0, 13) == []
    (late,) = judge(deliveries, 0, 15)
    assert late.listed(9) == "2024-01-15 to 2024-01-16 (2 days)"


def test_a_weekly_file_is_awaited_until_it_comes(deliveries):
    deliveries.expect("shop", "weekly:monday")
    deliveries.add([0, 7])
    (late,) = judge(deliveries, 16, 16)
    assert late.listed(9) == "2024-01-15"
    assert late.days_late == 3


def test_nothing_is_due_where_none_is_expected(deliveries):
    deliveries.expect("shop", "none")
    deliveries.add(range(30))
    assert judge(deliveries, 0, 60) == []


def test_what_must_come_and_never_did_is_missed_from_the_organizations_first_day(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([4], outcome=REFUSED)
    arrivals = deliveries.arrivals(5)
    (late,) = find_lateness(arrivals, FIRST_DAY, FIRST_DAY + timedelta(5))
    assert late.newest_delivery is None
    assert late.listed(9) == "2024-01-05 refused, 2024-01-06"


@pytest.mark.parametrize("weekday", WEEK)
def test_a_rhythm_is_learned_from_three_of_four_weeks(deliveries, weekday):
    deliveries.add(weekdays_of(3, weekday))
    (late,) = judge(deliveries, 0, 27)
    assert late.listed(9) == str(FIRST_DAY + timedelta(21 + weekday))


def test_two_weeks_are_not_enough_to_learn_a_rhythm(deliveries):
    deliveries.add(range(14))
    assert judge(deliveries, 0, 20) == []


def test_days_on_which_files_usually_do_not_come_are_not_due(deliveries):
    deliveries.add(weekdays_of(6, 0, 1, 2, 3, 4))
    assert judge(deliveries, 0, 41) == []


def test_a_holiday_is_missed_but_does_not_change_the_rhythm(deliveries):
    usual = [number for number in range(42) if number not in range(28, 35)]
    deliveries.add(usual)
    (late,) = judge(deliveries, 0, 41)
    assert late.listed(9) == "2024-01-29 to 2024-02-04 (7 days)"
    assert late.days_late == 0


def test_a_feed_that_stopped_stays_due(deliveries):
    deliveries.add(range(28))
    (late,) = judge(deliveries, 400, 400)
    assert (late.days_late, late.days_missing) == (373, 373)


def test_a_single_delivery_has_no_rhythm(deliveries):
    deliveries.add([0])
    assert judge(deliveries, 0, 100) == []


def test_the_organization_that_is_late_is_told_from_the_one_that_is_not(deliveries):
    deliveries.add(range(30), "club")
    deliveries.add(range(28), "shop")
    (late,) = judge(deliveries, 29, 29)
    assert (late.organization_id, late.days_late) == ("shop", 2)


@pytest.mark.parametrize("outcome", [REFUSED, POSTPONED])
def test_a_day_whose_file_did_not_load_is_named_as_such(deliveries, outcome):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 1])
    deliveries.add([2], outcome=outcome)
    (late,) = judge(deliveries, 2, 3)
    assert late.listed(9) == f"2024-01-03 {outcome}, 2024-01-04"
    assert late.days_late == 2


def test_a_refused_correction_does_not_undo_the_day(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 1])
    deliveries.add([1], outcome=REFUSED, part="_b")
    assert judge(deliveries, 0, 1) == []


def test_the_sentence_says_what_is_missing_and_what_to_do(deliveries):
    deliveries.expect("shop", "daily")
    deliveries.add([0, 2, 4, 6, 8])
    (late,) = judge(deliveries, 0, 10)
    assert str(late) == (
        "shop orders: no delivery for 2 older, 2024-01-06, 2024-01-08, "
        "2024-01-10 to 2024-01-11 (2 days), 2 days late; the newest is of 2024-01-09. "
        "Deliver it, or correct exports.orders.expected."
    )
