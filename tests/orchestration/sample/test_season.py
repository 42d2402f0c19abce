from datetime import date

import numpy as np
import pytest

from orchestration.sample.bookings import MEMBER_SEASON
from orchestration.sample.season import OperationalClock, Season


def test_a_year_of_operational_days_is_about_as_long_as_a_year():
    assert MEMBER_SEASON.intensities(date(2024, 1, 1), 366).mean() == pytest.approx(1, rel=0.01)


def test_factors_fall_on_their_months_and_weekdays():
    season = Season(months=(2.0, *[1.0] * 11), weekdays=(*[1.0] * 6, 3.0))
    january_sunday, january_monday, february_monday = (
        season.intensities(day, 1)[0]
        for day in (date(2024, 1, 7), date(2024, 1, 8), date(2024, 2, 5))
    )
    assert january_sunday / january_monday == pytest.approx(3)
    assert january_monday / february_monday == pytest.approx(2)


def test_even_operational_time_falls_on_days_by_their_intensity():
    clock = OperationalClock(np.array([1.0, 3.0, 0.5]))
    time = np.linspace(0, clock.at(3), 4501)[:-1]
    assert np.bincount(clock.day(time)).tolist() == [1000, 3000, 500]


def test_the_end_of_time_belongs_to_the_last_day():
    clock = OperationalClock(np.array([1.0, 1.0]))
    assert clock.day(np.array([0.0, 1.0, 2.0])).tolist() == [0, 1, 1]
