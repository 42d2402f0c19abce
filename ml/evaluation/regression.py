"""Figures of merit for expected counts and values."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.arrays import Floats
from ml.evaluation.arrays import pair

_TINY = 1e-9


def mae(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the mean absolute error."""
    y, f = pair(actual, forecast)
    return float(np.abs(y - f).mean())


def rmse(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the root of the mean squared error."""
    y, f = pair(actual, forecast)
    return float(np.sqrt(((y - f) ** 2).mean()))


def bias_percent(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return how far the forecast total lies above the actual one, percent; nan where that is 0."""
    y, f = pair(actual, forecast)
    return float(100 * (f.sum() / y.sum() - 1)) if y.sum() else float("nan")


def tweedie_deviance(actual: npt.ArrayLike, forecast: npt.ArrayLike, power: float = 1.5) -> float:
    """Return the mean deviance of amounts that are often zero: the lower, the better.

    Like the squared error it is lowest for the true mean, but errors weigh relative to what is
    expected, so a few large customers do not decide alone. Negative amounts count as zero.
    """
    from sklearn.metrics import mean_tweedie_deviance  # noqa: PLC0415 - slow to import

    y, f = pair(actual, forecast)
    return float(mean_tweedie_deviance(np.maximum(y, 0), np.maximum(f, _TINY), power=power))


def normalized_gini(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return how well the forecast ranks: 1 for the order of the actual values, 0 for chance.

    Rows with equal forecasts share what they bring, so their order does not matter. nan where all
    actual values are equal.
    """
    y, f = pair(actual, forecast)
    best = _gini(y, y)
    return _gini(y, f) / best if best else float("nan")


def _gini(y: Floats, f: Floats) -> float:
    """Return twice the area between the curve of cumulated gains and the diagonal."""
    if not y.sum():
        return 0.0
    _, group, size = np.unique(-f, return_inverse=True, return_counts=True)
    gain = np.concatenate([[0.0], np.cumsum(np.bincount(group, weights=y))]) / y.sum()
    share = np.concatenate([[0.0], np.cumsum(size)]) / len(y)
    return float(2 * np.trapezoid(gain, share) - 1)


def deciles(actual: npt.ArrayLike, forecast: npt.ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Compare forecast and actual means in bins of equal size, from high to low forecast."""
    y, f = pair(actual, forecast)
    order = np.argsort(-f, kind="stable")
    cells = [cell for cell in np.array_split(order, min(bins, len(order))) if len(cell)]
    return pd.DataFrame(
        {
            "n": [len(cell) for cell in cells],
            "forecast": [float(f[cell].mean()) for cell in cells],
            "actual": [float(y[cell].mean()) for cell in cells],
        }
    )


def coverage(actual: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> float:
    """Return the share of actual values inside their interval, bounds included."""
    y, lower = pair(actual, low)
    _, upper = pair(actual, high)
    return float(((lower <= y) & (y <= upper)).mean())


Metric = Callable[[npt.ArrayLike, npt.ArrayLike], float]

REGRESSION: dict[str, Metric] = {
    "mae": mae,
    "rmse": rmse,
    "bias_percent": bias_percent,
    "gini": normalized_gini,
}
