from datetime import date

import numpy as np
import pandas as pd
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.timetable import Timetable, changes, delivered_on, listings

# A Monday, and 40 days to Friday, 9 February.
TIMETABLE = Timetable(date(2024, 1, 1), 40)
SCHEDULE = np.array([6, 13, 20])


def test_weeks_end_on_sundays_and_months_on_their_last_day_and_both_with_the_sample():
    assert TIMETABLE.weekly.tolist() == [6, 13, 20, 27, 34, 39]
    assert TIMETABLE.monthly.tolist() == [30, 39]


def test_a_day_that_never_comes_has_no_time_and_no_date():
    days = np.array([1, NEVER])
    [known, missing] = TIMETABLE.time(days, np.array([90, 90]))
    assert known == np.datetime64("2024-01-02T01:30")
    assert np.isnat(missing)
    assert TIMETABLE.date(days).tolist() == ["2024-01-02", None]


def test_what_happens_between_deliveries_comes_with_the_next_and_after_the_last_never():
    days = np.array([0, 6, 7, 20, 21, NEVER])
    assert delivered_on(SCHEDULE, days).tolist() == [6, 6, 13, 20, NEVER, NEVER]


def test_a_change_is_delivered_in_its_last_stage_of_the_period():
    opened = pd.DataFrame({"key": ["a", "b", "c"], "state": "open"})
    closed = opened.assign(state="closed")
    stages = (opened, np.array([1, 2, 30])), (closed, np.array([3, 9, 31]))
    delivered = changes(SCHEDULE, ["key"], *stages)
    assert delivered.to_dict("split")["data"] == [
        ["a", "closed", 6],
        ["b", "open", 6],
        ["b", "closed", 13],
    ]


@pytest.mark.parametrize(
    ("removed", "expected"),
    [
        (None, [("a", "new", 6), ("a", "old", 13), ("b", "new", 13), ("a", "old", 20), ("b", "new", 20)]),
        (np.array([20, 14]), [("a", "new", 6), ("a", "old", 13), ("b", "new", 13)]),
    ],
)  # fmt: skip
def test_a_list_holds_what_is_known_on_its_day_in_its_state_of_then(removed, expected):
    new = pd.DataFrame({"key": ["a", "b"], "state": "new"})
    stages = (new, np.array([2, 13])), (new.assign(state="old"), np.array([13, NEVER]))
    lists = listings(SCHEDULE, "key", removed, *stages)
    assert list(lists.itertuples(index=False, name=None)) == expected
