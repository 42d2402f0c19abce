"""Shapley values of any game."""

from collections.abc import Callable
from functools import cache
from math import comb

import numpy as np

from ml.arrays import Flags, Floats, Integers

Worth = Callable[[Flags], Floats]


def exact_values(worth: Worth, players: int) -> Floats:
    """Return what each player adds on average over all orders, by all sets of players.

    Parameters
    ----------
    worth : from who is in a set, (players,), what it is worth, (outcomes,)
    players : their number; there are two to that power sets

    Returns
    -------
    values, (players, outcomes), which add up to the worth of all players less that of nobody
    """
    codes = np.arange(2**players)
    members = (codes[:, None] >> np.arange(players)) & 1 == 1
    worths = np.vstack([worth(member) for member in members])
    sizes = members.sum(axis=1)
    weights = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    values = []
    for player in range(players):
        others = codes[~members[:, player]]
        gains = worths[others | (1 << player)] - worths[others]
        values.append(weights[sizes[others]] @ gains)
    return np.vstack(values)


def sampled_values(
    worth: Worth, players: int, n_orders: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return estimates of the same values and their standard errors, (players, outcomes) each.

    Orders are drawn in pairs, each with its reverse: who is late in one is early in the other.
    The estimates of a pair add up exactly, and so do theirs.

    Parameters
    ----------
    n_orders : pairs to draw, two at least

    Raises
    ------
    ValueError
        If fewer than two pairs are asked for, of which no error can be told.
    """
    if n_orders <= 1:
        raise ValueError(f"n_orders is {n_orders}: a standard error needs two pairs or more")

    @cache
    def known(packed: bytes) -> Floats:
        return worth(np.frombuffer(packed, dtype=bool))

    pairs = []
    for _ in range(n_orders):
        order = rng.permutation(players)
        pairs.append((_gains(known, order) + _gains(known, order[::-1])) / 2)
    drawn = np.stack(pairs)
    return drawn.mean(axis=0), drawn.std(axis=0, ddof=1) / np.sqrt(n_orders)


def _gains(known: Callable[[bytes], Floats], order: Integers) -> Floats:
    """Return what each player adds to those before it in one order, (players, outcomes)."""
    present = np.zeros(len(order), dtype=bool)
    before = known(present.tobytes())
    gains = np.zeros((len(order), len(before)))
    for player in order:
        present[player] = True
        after = known(present.tobytes())
        gains[player] = after - before
        before = after
    return gains
