"""Which version of a row is delivered on which day: changes, late rows, overlapping re-exports."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Flags, Integers

REEXPORTED_DAYS = 3
"""On the first of a month, the export repeats the rows of so many days before it."""

Change = tuple[Integers, Integers, str]
"""Rows, the day on which each changes, and the status that they change to."""


def draw_delays(rng: np.random.Generator, size: int, share: float) -> Integers:
    """Draw the days, 0 to 3, by which rows reach the export late, shape (size,)."""
    late = rng.random(size) < share
    delays: Integers = np.where(late, rng.integers(1, 4, size), 0)
    return delays


def versions(changes: Sequence[Change], known: Integers, first_of_month: Flags) -> pd.DataFrame:
    """Turn changes of status into the rows that daily ``changes`` exports deliver.

    Parameters
    ----------
    changes
        In the order in which a row goes through them.
    known
        First day on which the export can contain each row, shape (rows,).
    first_of_month
        Whether each day of the sample is the first of a month, shape (days,).

    Returns
    -------
    pandas.DataFrame
        ``row``, ``status``, ``delivered`` (day index) and ``current`` (the state at the sample's
        end), in order of delivery. A row changed twice on a day is delivered once, with its last
        status.
    """
    last = len(first_of_month) - 1
    frame = pd.concat(
        [
            pd.DataFrame({"row": row, "delivered": np.maximum(day, known[row]), "status": status})
            for row, day, status in changes
        ],
        ignore_index=True,
    )
    # A stable sort keeps the changes of a row in the order in which they were given.
    frame = frame.sort_values("row", kind="stable", ignore_index=True)
    same_row = frame["row"].eq(frame["row"].shift(-1))
    replaced = frame["delivered"].shift(-1).where(same_row, NEVER)
    superseded = replaced <= frame["delivered"]
    frame = frame.assign(replaced=replaced)[~superseded & (frame["delivered"] <= last)]
    frame["current"] = frame["replaced"] > last

    repeats = []
    for lag in range(1, REEXPORTED_DAYS + 1):
        day = frame["delivered"] + lag
        # A row that has changed by then must not fall back to its older state.
        again = (day <= last) & (day < frame["replaced"])
        again &= first_of_month[np.minimum(day, last)]
        repeats.append(frame[again].assign(delivered=day[again], current=False))
    delivered = pd.concat([frame, *repeats], ignore_index=True).drop(columns="replaced")
    return delivered.sort_values(["delivered", "row"], ignore_index=True)
