"""Drawing customers with all of their rows, so that large organizations train as fast as small."""

from typing import Any

import numpy as np
import pandas as pd

from ml.arrays import Flags


def draw_customers(
    customers: Any, max_rows: int, random_state: int, counted: Flags | None = None
) -> Flags:
    """Draw customers at random until they have ``max_rows`` rows.

    Parameters
    ----------
    customers : who each row is of, (n,); who is drawn does not depend on the order of rows
    counted : which rows count, (n,); all if not given

    Returns
    -------
    whether each row's customer was drawn, (n,)
    """
    place, names = pd.factorize(np.asarray(customers), sort=True)
    counts = np.bincount(place, weights=counted, minlength=len(names))
    if counts.sum() <= max_rows:
        return np.ones(len(place), dtype=bool)
    order = np.random.default_rng(random_state).permutation(len(names))
    drawn = np.zeros(len(names), dtype=bool)
    drawn[order] = np.cumsum(counts[order]) <= max_rows
    taken: Flags = drawn[place]
    return taken
