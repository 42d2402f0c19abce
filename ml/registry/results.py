"""Models and baselines side by side, with intervals."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluation.comparison import bootstrap_interval

Metric = Callable[[npt.ArrayLike, npt.ArrayLike], float]

_MOST_ROWS = 20_000


def compare_candidates(
    actual: npt.ArrayLike,
    forecasts: Mapping[str, npt.ArrayLike],
    metrics: Mapping[str, Metric],
    *,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Return each candidate's figures of merit on the same rows.

    Intervals are bootstrapped. On more than 20,000 rows a random part is resampled and its interval
    narrowed by the root of the shares, which keeps large organizations quick.

    Source: Bickel, Goetze and van Zwet, "Resampling fewer than n observations", Statistica Sinica 7
    (1997).

    Returns
    -------
    one row per candidate and metric: candidate, metric, value, low, high (95 % interval), n
    """
    y = np.asarray(actual, dtype=np.float64)
    size = min(len(y), _MOST_ROWS)
    part = np.sort(np.random.default_rng(seed).choice(len(y), size, replace=False))
    narrower = np.sqrt(size / len(y))
    rows = []
    for candidate, given in forecasts.items():
        forecast = np.asarray(given, dtype=np.float64)
        for name, metric in metrics.items():
            value, middle = metric(y, forecast), metric(y[part], forecast[part])
            low, high = bootstrap_interval(metric, y[part], forecast[part], draws=draws, seed=seed)
            low, high = value + (low - middle) * narrower, value + (high - middle) * narrower
            rows.append((candidate, name, value, low, high, len(y)))
    return pd.DataFrame(rows, columns=["candidate", "metric", "value", "low", "high", "n"])
