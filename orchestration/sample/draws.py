"""Array types and the one random draw that several subjects share."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEVER = 10**9
"""A day index after every sample's end."""

NOTHING: npt.NDArray[np.object_] = np.array(None, dtype=object)
"""An empty cell."""


class Option(NamedTuple):
    """One of the things that a customer can be.

    Attributes
    ----------
    values
        Its texts, as many for every option of a choice.
    weight
        Share of customers of average value who are this, up to a common factor.
    tilt
        Change of its log-odds per standard deviation of a customer's value.
    """

    values: tuple[str, ...]
    weight: float
    tilt: float


def tilted_choice(
    rng: np.random.Generator, score: Floats, options: Sequence[Option]
) -> npt.NDArray[np.str_]:
    """Draw one option per customer, more often those whose tilt agrees with the score.

    The probability of an option is proportional to ``weight * exp(tilt * score)``.

    Parameters
    ----------
    rng
        Source of randomness.
    score
        One number per customer, shape (n,).
    options
        What to choose from, each with k values.

    Returns
    -------
    numpy.ndarray
        Values of the chosen options, shape (k, n).
    """
    weights = np.array([option.weight for option in options])
    tilts = np.array([option.tilt for option in options])
    logits = np.log(weights) + np.outer(score, tilts)
    # The largest of logits with Gumbel noise is a draw from their softmax, without a row loop.
    chosen = np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)
    return np.array([option.values for option in options]).T[:, chosen]


def numbered(prefix: str, number: Integers) -> npt.NDArray[np.str_]:
    """Give ids of a prefix and a number, written with six digits or more."""
    digits = pd.Series(number).astype("str").str.zfill(6)
    ids: npt.NDArray[np.str_] = (prefix + digits).to_numpy(dtype=str)
    return ids


def numbers(prefix: str, size: int) -> npt.NDArray[np.str_]:
    """Give ids of a prefix and the numbers from 1, shape (size,)."""
    return numbered(prefix, np.arange(1, size + 1))
