"""Gradient boosting in two parts, pace and spend."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.arrays import Floats
from ml.clv.forecast import Forecast
from ml.clv.log_linear import LogLinear

_SHARE = 0.5
_BINS = 100
_ROWS_FOR_THREADS = 20_000
_OUTCOMES = ("weeks", "next_purchases", "next_value", "monetary")


class TwoPartBoosting(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Trees for how far purchases and spend lie above or below a first forecast.

    The first forecast is the exposure of a Poisson loss, so trees learn a factor. It is log-linear,
    which passes on what trees cannot know, such as the pace of customers busier than any seen
    before; and for half of the pace models it is one pace for all, which does not pass on its
    errors. Their mean ranks better, and lies less far off, than either.

    Parameters
    ----------
    bags : models of each kind that are averaged, each on its own half of the rows

    Attributes
    ----------
    start_ : fitted ``LogLinear``
    paces_, level_paces_, spends_ : lists of fitted trees; those of ``level_paces_`` start level
    edges_ : dict of feature that they read to the borders of its bins
    """

    def __init__(self, bags: int = 5, random_state: int = 0) -> None:
        self.bags = bags
        self.random_state = random_state

    def fit(self, X: pd.DataFrame) -> Self:
        """Learn from ``learning_rows``."""
        self.start_ = LogLinear().fit(X)
        self.edges_ = {
            name: np.unique(np.nanquantile(X[name], np.linspace(0, 1, _BINS + 1)[1:-1]))
            for name in X.columns.astype(str)
            if name not in _OUTCOMES and X[name].notna().any()
        }
        known, weeks = self._binned(X), X["weeks"].to_numpy()
        start = self.start_.predict(X, 1.0)
        count, value = X["next_purchases"].to_numpy(), X["next_value"].to_numpy()
        paid = np.flatnonzero((count > 0) & (value > 0))
        unit = float(np.average(start.spend[paid], weights=count[paid]))
        self.paces_ = self._bagged(known, count, start.purchases * weeks)
        self.level_paces_ = self._bagged(known, count, weeks)
        self.spends_ = self._bagged(
            known[paid], value[paid] / unit, (start.spend * count)[paid] / unit
        )
        return self

    def predict(self, X: pd.DataFrame, weeks: float) -> Forecast:
        """Forecast the next ``weeks`` of customers as the process describes them."""
        start, known = self.start_.predict(X, weeks), self._binned(X)
        corrected = start.purchases * _mean(self.paces_, known)
        learned = weeks * _mean(self.level_paces_, known)
        return Forecast((corrected + learned) / 2, start.spend * _mean(self.spends_, known))

    def _binned(self, X: pd.DataFrame) -> Floats:
        """Return each feature's bin; once for all trees, which else take longer than they learn."""
        columns = []
        for name, edges in self.edges_.items():
            values = X[name].to_numpy(dtype=np.float64)
            columns.append(np.where(np.isnan(values), np.nan, np.searchsorted(edges, values)))
        return np.column_stack(columns)

    def _bagged(self, known: Floats, came: Floats, exposure: Floats) -> list[Any]:
        from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - slow to import
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        # Threads that wait for each other on few rows cost more than they bring.
        threads = 1 if len(known) < _ROWS_FOR_THREADS else None
        rng = np.random.default_rng(self.random_state)
        models = []
        for bag in range(self.bags):
            rows = rng.permutation(len(known))[: max(int(_SHARE * len(known)), 1)]
            trees = HistGradientBoostingRegressor(
                loss="poisson",
                max_iter=100,
                learning_rate=0.05,
                max_leaf_nodes=8,
                min_samples_leaf=int(np.clip(len(known) // 200, 20, 200)),
                l2_regularization=10.0,
                early_stopping=False,
                random_state=self.random_state + bag,
            )
            factor = came[rows] / exposure[rows]
            with threadpool_limits(threads):
                models.append(trees.fit(known[rows], factor, sample_weight=exposure[rows]))
        return models


def _mean(models: list[Any], X: Floats) -> Floats:
    mean: Floats = np.mean([model.predict(X) for model in models], axis=0)
    return mean
