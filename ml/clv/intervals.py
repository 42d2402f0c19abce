"""What a customer may bring: draws around the forecast, and intervals that cover as promised.

Many customers will bring nothing at all, so an interval that holds 80 % of every customer's draws
holds more than 80 % of customers. What is set is therefore the coverage of all customers together:
on the holdout the share of draws that intervals must hold is found, for 80 % of customers to be
inside; where that share is another than 80 %, draws are too wide or too narrow by as much.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ml.clv.forecast import Forecast
from ml.clv.process import PurchaseProcess
from ml.purchase.statistics import Floats

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
    expected = process.predict(X, weeks)
    pace = forecast.purchases / np.maximum(expected.purchases, 1e-12)
    spend = forecast.spend / np.maximum(expected.spend, 1e-12)
    for start in range(0, len(X), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        part = X.iloc[chunk]
        count = process.counts_.sample(part, weeks, DRAWS, rng, pace=pace[chunk])
        value = process.spend_.sample(part, count, rng) * spend[chunk, None]
        yield np.sort(value, axis=1)


def bounds(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the bounds that hold ``level`` of each customer's sorted draws.

    Both tails are cut alike, but where zero lies in the lower tail: then the interval begins there.
    """
    n = draws.shape[1]
    tail = (1 - level) / 2
    begins_at_zero = draws[:, int(tail * n)] <= 0
    equal = draws[:, int(tail * n)], draws[:, min(int(np.ceil((1 - tail) * n)), n) - 1]
    high = draws[:, min(int(np.ceil(level * n)), n) - 1]
    return np.where(begins_at_zero, 0.0, equal[0]), np.where(begins_at_zero, high, equal[1])


def own_coverage(draws: Floats, level: float) -> float:
    """Return the share of draws inside their own interval: what the model itself expects."""
    low, high = bounds(draws, level)
    return float(((low[:, None] <= draws) & (draws <= high[:, None])).mean())


def promised_coverage(draws: Floats, actual: Floats) -> tuple[float, float]:
    """Return the own coverage whose intervals held 80 % of what came, and what 80 % of it held."""
    held = np.array([_held(actual, draws, level) for level in _LEVELS])
    best = _LEVELS[int(np.argmin(np.abs(held - COVERAGE)))]
    plain = _level(draws, COVERAGE)
    return own_coverage(draws, float(best)), _held(actual, draws, plain)


def _level(draws: Floats, promised: float) -> float:
    own = np.array([own_coverage(draws, level) for level in _LEVELS])
    return float(_LEVELS[int(np.argmin(np.abs(own - promised)))])


def level_for(draws: Floats, promised: float) -> float:
    """Return the level at which these draws' own coverage is the promised one."""
    return _level(draws, promised)


def _held(actual: Floats, draws: Floats, level: float) -> float:
    low, high = bounds(draws, level)
    return float(((low <= actual) & (actual <= high)).mean())
