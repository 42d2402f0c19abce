"""The season of a window, told by the same window a year before."""

import numpy as np
import pandas as pd
import pytest

from ml.churn.rows import days_since_1970
from ml.churn.season import Season

ENDS = pd.date_range("2023-01-31", "2024-01-31", freq="ME")
ROWS = 4000
DECEMBER = 11


def windows(
    shifts: dict[int, float], rows: int = ROWS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log-odds, outcomes and cutoffs of windows that some log-odds shift."""
    rng = np.random.default_rng(0)
    log_odds = rng.normal(0, 1, rows * len(ENDS))
    place = np.repeat(np.arange(len(ENDS)), rows)
    shift = np.array([shifts.get(number, 0.0) for number in range(len(ENDS))])[place]
    churned = rng.random(len(place)) < 1 / (1 + np.exp(-log_odds - shift))
    return log_odds, churned.astype(float), days_since_1970(ENDS)[place]


def test_half_of_what_a_window_was_off_by_is_added_a_year_later():
    season = Season().fit(*windows({DECEMBER: 1.0}))
    later = days_since_1970(["2024-11-30", "2024-12-20", "2024-12-31"])
    assert season.at(later) == pytest.approx([0.0, 0.5, 0.5], abs=0.05)


def test_nothing_is_added_where_the_year_before_is_not_known():
    season = Season().fit(*windows({DECEMBER: 1.0}))
    assert (season.at(days_since_1970(["2024-01-10", "2026-12-31"])) == 0).all()
    one = Season().fit(np.zeros(300), np.tile([0.0, 1.0], 150), np.zeros(300, dtype=np.int64))
    assert (one.at(days_since_1970(["2024-12-31"])) == 0).all()


def test_the_first_windows_and_those_of_few_customers_are_no_season():
    first = Season().fit(*windows({0: 1.0, 1: 1.0}))
    assert (first.at(days_since_1970(["2024-01-31", "2024-02-29"])) == 0).all()
    assert len(Season().fit(*windows({}, rows=150)).opened_) == 0


def test_a_window_that_nobody_left_is_not_taken_for_a_season():
    log_odds, churned, cutoff = windows({})
    churned[cutoff == days_since_1970([ENDS[DECEMBER]])[0]] = 0.0
    assert Season().fit(log_odds, churned, cutoff).at(days_since_1970(["2024-12-31"])) == [0.0]
