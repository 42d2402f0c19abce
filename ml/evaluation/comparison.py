"""Whether one model is better than another by more than noise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Floats, Integers
from ml.evaluation.arrays import pair

Metric = Callable[[npt.ArrayLike, npt.ArrayLike], float]


@dataclass(frozen=True)
class Difference:
    """Challenger minus champion, with the bounds of a bootstrap interval."""

    estimate: float
    low: float
    high: float

    def is_lower(self) -> bool:
        """Whether the challenger's figure is lower by more than noise."""
        return self.high < 0

    def is_higher(self) -> bool:
        """Whether the challenger's figure is higher by more than noise."""
        return self.low > 0


def bootstrap_interval(
    metric: Metric,
    actual: npt.ArrayLike,
    forecast: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    draws: int = 500,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile interval of a figure of merit over resampled rows."""
    y, f = pair(actual, forecast)
    values = [metric(y[rows], f[rows]) for rows in _resamples(len(y), draws, seed)]
    return _bounds(np.array(values), confidence)


def compare(
    metric: Metric,
    actual: npt.ArrayLike,
    champion: npt.ArrayLike,
    challenger: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    draws: int = 500,
    seed: int = 0,
) -> Difference:
    """Compare two forecasts of the same rows by a paired bootstrap.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval.
    """
    y, old = pair(actual, champion)
    _, new = pair(actual, challenger)
    values = [
        metric(y[rows], new[rows]) - metric(y[rows], old[rows])
        for rows in _resamples(len(y), draws, seed)
    ]
    low, high = _bounds(np.array(values), confidence)
    return Difference(metric(y, new) - metric(y, old), low, high)


def _resamples(n: int, draws: int, seed: int) -> Iterator[Integers]:
    rng = np.random.default_rng(seed)
    return (rng.integers(0, n, n) for _ in range(draws))


def _bounds(values: Floats, confidence: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return float(low), float(high)
