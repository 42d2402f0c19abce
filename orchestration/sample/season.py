"""Seasons as operational time: a clock that runs faster on busy days.

Purchases are a plain process in operational time, so that their parameters stay identifiable, and
come out seasonal in calendar time.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.sample.draws import Floats, Integers


@dataclass(frozen=True)
class Season:
    """Relative demand of each month and weekday.

    Attributes
    ----------
    months
        Twelve factors, January first.
    weekdays
        Seven factors, Monday first.
    """

    months: tuple[float, ...]
    weekdays: tuple[float, ...]

    def intensities(self, first_day: date, days: int) -> Floats:
        """Operational days in each calendar day, 1 on average over a year, shape (days,)."""
        calendar = np.datetime64(first_day, "D") + np.arange(days)
        month = calendar.astype("datetime64[M]").astype(np.int64) % 12
        # Day 0 of the epoch, 1970-01-01, was a Thursday.
        weekday = (calendar.astype(np.int64) + 3) % 7
        months = np.array(self.months) / np.mean(self.months)
        weekdays = np.array(self.weekdays) / np.mean(self.weekdays)
        factors: Floats = months[month] * weekdays[weekday]
        return factors


class OperationalClock:
    """Translate between calendar days and operational time.

    Parameters
    ----------
    intensities
        Operational days in each calendar day, all above 0, shape (days,).
    """

    def __init__(self, intensities: Floats) -> None:
        self._elapsed = np.concatenate(([0.0], np.cumsum(intensities)))

    def at(self, day: int) -> float:
        """Operational time at the beginning of a calendar day."""
        return float(self._elapsed[day])

    def within(self, day: Integers, share: Floats) -> Floats:
        """Operational time at which so much, 0 to 1, of each calendar day's is over."""
        begun = self._elapsed[day]
        times: Floats = begun + share * (self._elapsed[day + 1] - begun)
        return times

    def day(self, time: Floats) -> Integers:
        """Calendar day index in which each operational time lies."""
        days: Integers = np.searchsorted(self._elapsed, time, side="right") - 1
        return np.minimum(days, len(self._elapsed) - 2)
