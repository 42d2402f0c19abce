"""What a customer may bring: draws around the forecast, and intervals that cover as promised.

Many customers will bring nothing at all, and an interval that holds 80 % of such a customer's draws
holds nearly all of them. So what is set is the coverage of all customers together: intervals are
made such that a certain share of all draws lies inside, and on the holdout it is found which share
it must be for 80 % of customers to be inside. Where that is 0.8, draws are as wide as life.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.clv.forecast import Forecast
from ml.clv.process import PurchaseProcess

COVERAGE = 0.8
DRAWS = 200
_CHUNK = 20_000
_LEVELS = np.linspace(0.4, 0.99, 60)


def draw_values(
    process: PurchaseProcess,
    X: pd.DataFrame,
    forecast: Forecast,
    weeks: float,
    rng: np.random.Generator,
) -> Iterator[Floats]:
    """Yield sorted draws of the value of customers, in currency, chunk by chunk: (chunk, DRAWS).

    Customers live by the process; pace and spend are moved to what the forecast expects.
    """
    pace = forecast.purchases / np.maximum(process.counts_.predict(X, weeks), 1e-12)
    spend = forecast.spend / np.maximum(process.spend_.predict(X), 1e-12)
    for start in range(0, len(X), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        part = X.iloc[chunk]
        count = process.counts_.sample(part, weeks, DRAWS, rng, pace=pace[chunk])
        yield np.sort(process.spend_.sample(part, count, rng) * spend[chunk, None], axis=1)


def bounds(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the bounds that hold ``level`` of each customer's sorted draws.

    Both tails are cut alike, but where nothing at all lies in the lower one: there the interval
    begins at zero and only the upper tail is cut.
    """
    n = draws.shape[1]
    tail = (1 - level) / 2
    low = draws[:, int(tail * n)]
    from_zero = low <= 0
    high = np.where(from_zero, draws[:, _last(level, n)], draws[:, _last(1 - tail, n)])
    return np.where(from_zero, 0.0, low), high


def own_coverage(draws: Floats, level: float) -> float:
    """Return the share of all draws inside their customer's interval."""
    low, high = bounds(draws, level)
    return float(((low[:, None] <= draws) & (draws <= high[:, None])).mean())


def level_for(draws: Floats, share: float) -> float:
    """Return the level whose intervals hold this share of all draws."""
    own = np.array([own_coverage(draws, level) for level in _LEVELS])
    return float(_LEVELS[int(np.argmin(np.abs(own - share)))])


def calibrate(draws: Floats, actual: Floats) -> float:
    """Return the share of all draws that intervals must hold for 80 % of customers to be inside."""
    held = np.array([coverage_of(draws, actual, level) for level in _LEVELS])
    return own_coverage(draws, float(_LEVELS[int(np.argmin(np.abs(held - COVERAGE)))]))


def coverage_of(draws: Floats, actual: Floats, level: float) -> float:
    """Return the share of customers whose value lies inside their interval."""
    low, high = bounds(draws, level)
    return float(((low <= actual) & (actual <= high)).mean())


def _last(level: float, n: int) -> int:
    return min(int(np.ceil(level * n)), n) - 1
