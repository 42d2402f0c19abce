"""The journeys as a Markov chain that ends with a conversion or without one."""

from typing import Any

import numpy as np

from ml.arrays import Flags, Floats, Integers
from ml.attribution.journeys import Journeys


class AbsorbingChain:
    """How journeys go on, by the last channels that touched them.

    Each touch leads to the next one, to a conversion or to the end with the shares with which
    journeys did so. What such a chain comes to is solved for, not simulated: left alone, it
    converts at exactly the rate at which journeys converted.

    Parameters
    ----------
    journeys : with at least one touch
    order : how many channels of the past decide how a journey goes on

    Attributes
    ----------
    states : index of the channel that touched last, by state, (states,)
    """

    def __init__(self, journeys: Journeys, order: int = 1) -> None:
        from scipy import sparse  # noqa: PLC0415 - slow to import

        first, state = journeys.is_first, _states(journeys, order)
        size = int(state.max()) + 1
        weight = (journeys.conversions + journeys.nulls)[journeys.path]
        visits = np.bincount(state, weight, size)
        # A state without visits leads nowhere, and nothing leads to it.
        share = np.divide(1.0, visits, out=np.zeros(size), where=visits > 0)

        onward, ends = ~first, np.r_[first[1:], True]
        back = np.flatnonzero(onward) - 1
        moves = weight[onward] * share[state[back]]
        self._next: Any = sparse.csr_array(
            (moves, (state[back], state[onward])), shape=(size, size)
        )
        outcomes = journeys.outcomes[journeys.path[ends]]
        self._outcome = np.column_stack(
            [np.bincount(state[ends], column, size) * share for column in outcomes.T]
        )
        self._start = np.bincount(state[first], weight[first], size)
        self.states = np.zeros(size, dtype=np.int64)
        self.states[state] = journeys.touches

    def expected(self, present: Flags) -> Floats:
        """Return conversions and revenue, (2,), if only some channels were there.

        A journey that comes to a channel which is not ends there without a conversion.

        Parameters
        ----------
        present : whether each channel is there, (channels,)
        """
        from scipy import sparse  # noqa: PLC0415 - slow to import
        from scipy.sparse.linalg import spsolve  # noqa: PLC0415 - slow to import

        kept = np.flatnonzero(present[self.states])
        if not len(kept):
            return np.zeros(2)
        stays = self._next[kept][:, kept]
        # From the left one solution tells how often each state is visited, for all outcomes.
        visits = spsolve(sparse.csc_array(sparse.identity(len(kept)) - stays.T), self._start[kept])
        expected: Floats = np.atleast_1d(visits) @ self._outcome[kept]
        return expected


def _states(journeys: Journeys, order: int) -> Integers:
    """Return a number for the last ``order`` channels at each touch, (touches,)."""
    if order < 1:
        raise ValueError(f"order is {order}: a chain remembers at least one channel")
    state, first = journeys.touches, journeys.is_first
    for _ in range(order - 1):
        before = np.where(first, 0, np.r_[0, state[:-1]] + 1)
        pairs = before * len(journeys.channels) + journeys.touches
        state = np.unique(pairs, return_inverse=True)[1]
    return state
