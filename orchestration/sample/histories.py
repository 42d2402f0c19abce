"""Days on which a customer's attributes change."""

import numpy as np

from orchestration.sample.draws import NEVER, Integers


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
