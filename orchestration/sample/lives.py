"""When customers come, change, go and come back."""

from dataclasses import dataclass

import numpy as np

from orchestration.sample.draws import NEVER, Floats, Integers


@dataclass(frozen=True)
class Lives:
    """What is known of customers of one kind, whoever they are; arrays of shape (customers,).

    Attributes
    ----------
    score
        Standardised value.
    acquired, dropped_out
        Day index of the first purchase and of leaving for good, `NEVER` where there is none.
    days
        Length of the sample.
    """

    score: Floats
    acquired: Integers
    dropped_out: Integers
    days: int

    def __len__(self) -> int:
        return len(self.score)


def draw_day_within(rng: np.random.Generator, known: Integers, days: int, share: float) -> Integers:
    """Draw a day between a customer's first and the sample's end, `NEVER` for all but a share."""
    first = np.maximum(known, 0) + 1
    day = rng.integers(first, np.maximum(first + 1, days))
    return np.where(rng.random(len(known)) < share, day, NEVER)


def draw_day_after(
    rng: np.random.Generator, start: Integers, share: float, low: int, high: int
) -> Integers:
    """Draw a day `low` to below `high` days after each start, `NEVER` for all but a share."""
    day = np.minimum(start + rng.integers(low, high, len(start)), NEVER)
    return np.where(rng.random(len(start)) < share, day, NEVER)


def scatter(
    rng: np.random.Generator, first: Integers, last: Integers, rate: Floats | float
) -> tuple[Integers, Integers]:
    """Scatter events evenly over the days from `first` to `last`, both included.

    Parameters
    ----------
    rng
        Source of randomness.
    first, last
        Day index per customer; none happen where the last is before the first.
    rate
        Events per day, of each customer or of all.

    Returns
    -------
    customer, day
        Index of the customer and day of each event, shape (events,).
    """
    length = np.maximum(last - first + 1, 0)
    customer = np.repeat(np.arange(len(first)), rng.poisson(rate * length))
    day = first[customer] + np.floor(rng.random(len(customer)) * length[customer])
    return customer, day.astype(np.int64)
