"""Days of the sample as dates, and the rhythms in which systems deliver."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from orchestration.sample.draws import NEVER, NOTHING, Flags, Integers

Times = npt.NDArray[np.datetime64]
Stage = tuple[pd.DataFrame, Integers]
"""Rows as they read from a day on, and that day of each."""


@dataclass(frozen=True)
class Timetable:
    """The days that have exports, told by their index from 0."""

    first_day: date
    days: int

    @property
    def last(self) -> int:
        """Index of the last day."""
        return self.days - 1

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.first_day + timedelta(days=self.last)

    @property
    def calendar(self) -> npt.NDArray[np.datetime64]:
        """Every day, shape (days,)."""
        return np.datetime64(self.first_day, "D") + np.arange(self.days)

    @property
    def weekly(self) -> Integers:
        """Every Sunday and the last day."""
        return self._with_last(np.is_busday(self.calendar, "0000001"))

    @property
    def monthly(self) -> Integers:
        """The last day of every month, and of the sample."""
        return self._with_last((self.calendar + 1).astype("datetime64[M]") > self.calendar)

    @property
    def first_of_month(self) -> Flags:
        """Whether each day is one, shape (days,)."""
        return np.asarray(self.calendar == self.calendar.astype("datetime64[M]"))

    def _with_last(self, chosen: npt.NDArray[np.bool_]) -> Integers:
        chosen[-1] = True
        return np.flatnonzero(chosen)

    def time(self, day: Integers, minute: Integers) -> Times:
        """Local time of each day and minute of the day, missing where the day is `NEVER`."""
        known = np.asarray(day) < NEVER
        minutes = np.where(known, np.asarray(day) * 1440 + minute, 0)
        times = (np.datetime64(self.first_day, "m") + minutes).astype("datetime64[s]")
        return np.where(known, times, np.datetime64("NaT", "s"))

    def day(self, day: Integers) -> Times:
        """Midnight of each day, missing where it is `NEVER`."""
        return self.time(day, np.zeros(len(day), dtype=np.int64))

    def date(self, day: Integers) -> npt.NDArray[np.object_]:
        """Each day as text, None where it is `NEVER`."""
        text = self.day(day).astype("datetime64[D]").astype(str).astype(object)
        return np.asarray(np.where(np.asarray(day) < NEVER, text, NOTHING))


def delivered_on(schedule: Integers, day: Integers) -> Integers:
    """Give the first day of delivery on or after each day, `NEVER` behind the last."""
    days: Integers = np.append(schedule, NEVER)[np.searchsorted(schedule, day)]
    return days


def changes(schedule: Integers, key: Sequence[str], *stages: Stage) -> pd.DataFrame:
    """Lay out what an export of changes delivers of rows that go through stages.

    Parameters
    ----------
    schedule
        Days of delivery, ascending.
    key
        Columns that tell rows apart.
    stages
        In the order in which rows go through them. A row that changed more than once between two
        deliveries is delivered in its last stage.

    Returns
    -------
    pandas.DataFrame
        The rows and ``delivered`` (day index), by which they are ordered.
    """
    rows = pd.concat(
        [frame.assign(delivered=delivered_on(schedule, day)) for frame, day in stages],
        ignore_index=True,
    )
    rows = rows[rows["delivered"] < NEVER]
    rows = rows.drop_duplicates([*key, "delivered"], keep="last")
    return rows.sort_values(["delivered", *key], kind="stable", ignore_index=True)


def listings(
    schedule: Integers, key: str, removed: Integers | None, *stages: Stage
) -> pd.DataFrame:
    """Lay out the full lists of things that go through stages.

    Parameters
    ----------
    schedule
        Days of delivery, ascending.
    key
        Column that tells things apart.
    removed
        Day from which each thing of the first stage is on no list, shape (things,).
    stages
        In the order in which things go through them; the first holds every thing.

    Returns
    -------
    pandas.DataFrame
        The rows of all lists and ``delivered`` (day index), by which they are ordered.
    """
    rows = pd.concat([frame.assign(since=day) for frame, day in stages], ignore_index=True)
    rows = rows[rows["since"] < NEVER].sort_values([key, "since"], kind="stable")
    ends = np.full(len(rows), NEVER)
    if removed is not None:
        ends = rows[key].map(pd.Series(removed, stages[0][0][key])).to_numpy()
    following = rows["since"].shift(-1).where(rows[key].eq(rows[key].shift(-1)), NEVER)
    until = np.minimum(following.to_numpy(dtype=np.int64), ends)
    first, end = np.searchsorted(schedule, rows["since"]), np.searchsorted(schedule, until)
    count = np.maximum(end - first, 0)
    row = np.repeat(np.arange(len(rows)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    lists = rows.drop(columns="since").iloc[row].assign(delivered=schedule[first[row] + nth])
    return lists.sort_values(["delivered", key], kind="stable", ignore_index=True)
