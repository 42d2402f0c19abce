import numpy as np
import pytest

from orchestration.sample.versions import draw_delays, versions

ONE = np.array([0])
NO_FIRST = np.zeros(40, dtype=bool)


def history(changes, known=0, first_of_month=NO_FIRST):
    steps = [(ONE, np.array([day]), status) for day, status in changes]
    frame = versions(steps, np.array([known]), first_of_month)
    return list(zip(frame["delivered"], frame["status"], frame["current"], strict=True))


def test_each_change_is_delivered_on_its_day():
    assert history([(3, "placed"), (5, "fulfilled")]) == [
        (3, "placed", False),
        (5, "fulfilled", True),
    ]


def test_two_changes_on_a_day_are_delivered_as_the_last():
    assert history([(3, "placed"), (3, "cancelled")]) == [(3, "cancelled", True)]


def test_a_late_row_is_delivered_once_in_its_newest_state():
    assert history([(3, "placed"), (5, "fulfilled")], known=6) == [(6, "fulfilled", True)]


def test_changes_after_the_end_are_not_known():
    assert history([(38, "placed"), (45, "fulfilled")]) == [(38, "placed", True)]
    assert history([(45, "placed")]) == []


@pytest.mark.parametrize(("day", "repeated"), [(6, False), (7, True), (9, True), (10, False)])
def test_the_first_of_a_month_repeats_the_three_days_before(day, repeated):
    first_of_month = np.arange(40) == 10
    delivered = [when for when, *_ in history([(day, "placed")], first_of_month=first_of_month)]
    assert delivered == ([day, 10] if repeated else [day])


@pytest.mark.parametrize("changed", [9, 10])
def test_a_state_that_has_changed_is_not_repeated(changed):
    first_of_month = np.arange(40) == 10
    states = history([(8, "placed"), (changed, "fulfilled")], first_of_month=first_of_month)
    assert [status for when, status, _ in states if when == 10] == ["fulfilled"]


def test_the_share_of_late_rows_is_as_given():
    delays = draw_delays(np.random.default_rng(1), 100_000, 0.1)
    assert set(delays) == {0, 1, 2, 3}
    assert (delays > 0).mean() == pytest.approx(0.1, abs=0.005)
