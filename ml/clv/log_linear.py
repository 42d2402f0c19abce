"""Poisson regression on logarithms: pace and spend as products of powers of what is known."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.arrays import Floats
from ml.clv.forecast import Forecast

_PLAIN = ("frequency", "orders", "first_orders", "since", "age", "gap", "process_spend")
_PREFIXES = ("value", "purchases", "process_pace")


class LogLinear(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Smooth where trees are not: it ranks the many customers who bought once.

    Parameters
    ----------
    pace_penalty, spend_penalty : strength of the ridge, per standardized term

    Attributes
    ----------
    pace_, spend_ : fitted pipelines for purchases per week and for spend in units of ``unit_``
    unit_ : mean value of a purchase, currency
    lowest_, highest_ : of each term among the customers learned from
    """

    def __init__(self, pace_penalty: float = 1e-2, spend_penalty: float = 1e-1) -> None:
        self.pace_penalty = pace_penalty
        self.spend_penalty = spend_penalty

    def fit(self, X: pd.DataFrame) -> Self:
        """Learn from ``learning_rows``.

        Raises
        ------
        ValueError
            If no customer bought anything of value in them.
        """
        terms, weeks = _terms(X), X["weeks"].to_numpy()
        self.lowest_, self.highest_ = terms.min(axis=0), terms.max(axis=0)
        count, value = X["next_purchases"].to_numpy(), X["next_value"].to_numpy()
        paid = (count > 0) & (value > 0)
        if not paid.any():
            raise ValueError("no customer bought anything of value in the windows to learn from")
        self.pace_ = _regression(self.pace_penalty).fit(
            terms, count / weeks, poissonregressor__sample_weight=weeks
        )
        # In units of the mean, the penalty weighs the same in every currency.
        self.unit_ = float(value[paid].sum() / count[paid].sum())
        self.spend_ = _regression(self.spend_penalty).fit(
            terms[paid],
            value[paid] / count[paid] / self.unit_,
            poissonregressor__sample_weight=count[paid],
        )
        return self

    def predict(self, X: pd.DataFrame, weeks: float) -> Forecast:
        """Forecast the next ``weeks`` of customers as the process describes them."""
        # Beyond the customers learned from, a power law is followed no further.
        terms = np.clip(_terms(X), self.lowest_, self.highest_)
        return Forecast(self.pace_.predict(terms) * weeks, self.spend_.predict(terms) * self.unit_)


def _regression(penalty: float) -> Any:
    from sklearn.linear_model import PoissonRegressor  # noqa: PLC0415 - slow to import
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    return make_pipeline(
        StandardScaler(), PoissonRegressor(alpha=penalty, solver="newton-cholesky")
    )


def _terms(X: pd.DataFrame) -> Floats:
    names = [name for name in X.columns.astype(str) if name in _PLAIN or name.startswith(_PREFIXES)]
    values = np.nan_to_num(X[names].to_numpy(dtype=np.float64))
    offset = np.array([_offset(name) for name in names])
    once = (X["frequency"] == 0).to_numpy(dtype=np.float64)
    first = np.log1p(np.maximum(X["value_first"].to_numpy(), 0.0))
    return np.column_stack(
        [
            np.log(np.maximum(values, 0.0) + offset),
            X["process_alive"],
            X["since_over_age"],
            once,
            once * first,
        ]
    )


def _offset(name: str) -> float:
    """Return what keeps the logarithm finite: small beside the feature's usual values."""
    if name.startswith("process_pace"):
        return 1e-3
    return 0.05 if "fading" in name and name.startswith("purchases") else 1.0
