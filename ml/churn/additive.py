"""Models whose log-odds are a sum of what each feature brings, so that every score explains itself.

``log-odds = intercept_ + contributions(X).sum(axis=1)``, to the last digit. A contribution is
centred: it tells how far the feature moves this customer from the average customer of the training
rows.
"""

from abc import abstractmethod
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats, Integers

_ROWS_AT_ONCE = 50_000


class AdditiveModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """A classifier of 0 and 1 with additive log-odds.

    Attributes
    ----------
    intercept_ : log-odds of the average customer
    classes_ : [0, 1]
    """

    intercept_: float

    @abstractmethod
    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn from features (n, k) and outcomes (n,), of which both must occur."""

    @abstractmethod
    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what each feature adds to the log-odds, (n, k), with the index of X."""

    def decision_function(self, X: pd.DataFrame) -> Floats:
        """Return the log-odds, (n,)."""
        check_is_fitted(self, "intercept_")
        parts = [
            self.contributions(X.iloc[start : start + _ROWS_AT_ONCE]).to_numpy().sum(axis=1)
            for start in range(0, len(X), _ROWS_AT_ONCE)
        ]
        return self.intercept_ + np.concatenate([np.empty(0), *parts])

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Return the probabilities of 0 and 1, (n, 2)."""
        return probabilities(self.decision_function(X))

    def predict(self, X: pd.DataFrame) -> Integers:
        """Return the likelier outcome, (n,)."""
        likelier: Integers = (self.decision_function(X) > 0).astype(np.int64)
        return likelier


def log_odds_of(outcome: Floats) -> float:
    """Return the log-odds of the share of events, half an event and half a case added.

    So nothing is ever certain.
    """
    share = (outcome.sum() + 0.5) / (len(outcome) + 1)
    return float(np.log(share / (1 - share)))


def probabilities(log_odds: Floats) -> Floats:
    """Return the probabilities of 0 and 1, (n, 2)."""
    one = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return np.column_stack([1 - one, one])


def add_up(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the sum of several models' contributions, (n, features of any of them)."""
    names = list(dict.fromkeys(name for part in parts for name in part))
    total = np.zeros((len(parts[0]), len(names)))
    for part in parts:
        total[:, [names.index(name) for name in part]] += part.to_numpy()
    return pd.DataFrame(total, index=parts[0].index, columns=names)
