from datetime import date, timedelta

import numpy as np
import pytest

from orchestration.exports.monitoring.arrivals import REFUSED
from orchestration.exports.monitoring.volume import measure_volumes

FIRST_DAY = date(2024, 1, 1)  # a Monday
SUNDAY = 6


def judge(deliveries, first, last, known=None):
    return measure_volumes(
        deliveries.arrivals(last if known is None else known),
        FIRST_DAY + timedelta(first),
        FIRST_DAY + timedelta(last),
    )


def busy_except_sundays(number):
    return 10 if number % 7 == SUNDAY else 1000


def test_a_delivery_like_those_before_it_is_usual(deliveries):
    deliveries.add(range(60), rows=busy_except_sundays)
    assert judge(deliveries, 56, 59).unusual == ()


@pytest.mark.parametrize("rows", [0, 300, 5000])
def test_far_fewer_or_more_rows_are_unusual_and_told_with_the_usual_range(deliveries, rows):
    deliveries.add(range(56), rows=busy_except_sundays)
    deliveries.add([56], rows=rows)
    (unusual,) = judge(deliveries, 56, 56).unusual
    assert (unusual.rows_delivered, unusual.usual_rows, unusual.weeks) == (rows, 1000, 8)
    assert str(unusual) == (
        f"shop orders of Monday, 2024-02-26: {rows:,} rows, usual are 842 to 1,158."
    )


def test_a_quiet_weekday_is_compared_with_its_like(deliveries):
    deliveries.add(range(62), rows=busy_except_sundays)
    deliveries.add([62], rows=1000)
    (unusual,) = judge(deliveries, 56, 62).unusual
    assert unusual.export_date == FIRST_DAY + timedelta(62)


def test_three_earlier_weeks_are_not_enough_history(deliveries):
    deliveries.add([0, 7, 14], rows=1000)
    deliveries.add([21], rows=1)
    volumes = judge(deliveries, 21, 21)
    assert (volumes.judged, volumes.too_new, volumes.unusual) == (0, 1, ())


def test_a_single_delivery_is_not_judged(deliveries):
    deliveries.add([0], rows=1000)
    assert (judge(deliveries, 0, 9).judged, judge(deliveries, 0, 9).too_new) == (0, 1)


def test_days_without_a_delivery_are_left_to_freshness(deliveries):
    deliveries.add([0, 7, 14, 21, 49], rows=1000)
    deliveries.add([56], rows=1000)
    volumes = judge(deliveries, 50, 56)
    assert (volumes.judged, volumes.unusual) == (1, ())


def test_odd_days_in_the_past_do_not_move_what_is_usual(deliveries):
    deliveries.add(range(0, 56, 7), rows=lambda number: 9000 if number in {14, 28} else 1000)
    deliveries.add([56], rows=1000)
    assert judge(deliveries, 56, 56).unusual == ()


def test_a_day_is_judged_by_what_came_before_it_alone(deliveries):
    deliveries.add(range(56), rows=1000)
    deliveries.add([56], rows=100)
    then = judge(deliveries, 56, 56)
    deliveries.add(range(57, 120), rows=100)
    assert judge(deliveries, 56, 56, known=119) == then


def test_a_backfill_judges_each_day_like_a_run_of_its_own(deliveries):
    counts = np.random.default_rng(7).poisson(40, 120)
    counts[[70, 90]] = 400, 0
    deliveries.add(range(120), rows=lambda number: int(counts[number]))
    alone = [one for number in range(120) for one in judge(deliveries, number, number).unusual]
    assert list(judge(deliveries, 0, 119).unusual) == alone
    assert {one.rows_delivered for one in alone} == {400, 0}


def test_random_counts_are_hardly_ever_unusual(deliveries):
    counts = np.random.default_rng(11).poisson(30, 700)
    deliveries.add(range(700), rows=lambda number: int(counts[number]))
    assert len(judge(deliveries, 0, 699).unusual) <= 3


def test_what_comes_on_the_first_of_each_month_is_usual_on_the_next(deliveries):
    def fees(number):
        return 5000 if (FIRST_DAY + timedelta(number)).day == 1 else 100

    deliveries.add(range(122), rows=fees)
    unusual = [one.export_date for one in judge(deliveries, 0, 121).unusual]
    assert unusual == [date(2024, 2, 1), date(2024, 3, 1)]


def test_parts_of_a_delivery_count_together(deliveries):
    deliveries.add(range(0, 56, 7), rows=1000)
    deliveries.add([56], rows=400, part="_a")
    deliveries.add([56], rows=600, part="_b")
    assert judge(deliveries, 56, 56).unusual == ()


def test_refused_deliveries_are_neither_judged_nor_compared_with(deliveries):
    deliveries.add(range(0, 56, 7), rows=1000)
    deliveries.add([7, 14, 21, 28, 35], rows=0, outcome=REFUSED, part="_b")
    deliveries.add([56], rows=1, outcome=REFUSED)
    volumes = judge(deliveries, 56, 56)
    assert (volumes.judged, volumes.too_new) == (0, 0)


def test_each_organization_is_compared_with_itself(deliveries):
    deliveries.add(range(57), "large", rows=10_000)
    deliveries.add(range(57), "small", rows=10)
    assert judge(deliveries, 56, 56).unusual == ()
