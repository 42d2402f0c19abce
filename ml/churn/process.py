"""The purchase process as a candidate: the probability that a customer buys nothing."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Flags, Floats
from ml.churn.additive import AdditiveModel, log_odds_of
from ml.churn.tables import read_numbers
from ml.purchase import ModifiedBetaGeometricNBD

COLUMNS = ["tenure_days", "recency_days", "repeat_count"]
FACTOR = "purchase rhythm"
_WEEK = 7.0
_BOUND = 1e-6


class QuietProcess(AdditiveModel):
    """Log-odds of no purchase within the horizon by the MBG/NBD process.

    Not one minus the probability of being alive: a customer who is alive may stay away for the
    horizon all the same. The one contribution is the rhythm of purchases. Customers without a
    purchase get the outcome's share among their like.

    Parameters
    ----------
    horizon_days : length of the window

    Attributes
    ----------
    process_ : the fitted process, in weeks; None where nobody bought twice
    """

    def __init__(self, horizon_days: int = 90) -> None:
        self.horizon_days = horizon_days

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn the process from customers' pasts; y serves for those without a past alone.

        Where nobody has bought twice there is no process to learn, and all are without a past.
        """
        statistics, known = _statistics(X)
        self.process_ = None
        if statistics[:, 0].any():
            self.process_ = ModifiedBetaGeometricNBD().fit(statistics)
        outcome = np.asarray(y, dtype=np.float64)
        self.without_past_ = log_odds_of(outcome[~known] if self.process_ else outcome)
        self.intercept_ = 0.0
        self.intercept_ = float(self.contributions(X)[FACTOR].mean())
        self.classes_ = np.array([0, 1])
        return self

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what the rhythm of purchases adds to the log-odds, (n, 1)."""
        check_is_fitted(self, "without_past_")
        statistics, known = _statistics(X)
        log_odds = np.full(len(X), self.without_past_)
        if self.process_ and known.any():
            quiet = self.process_.quiet_probability(statistics, self.horizon_days / _WEEK)
            quiet = np.clip(quiet, _BOUND, 1 - _BOUND)
            log_odds[known] = np.log(quiet / (1 - quiet))
        return pd.DataFrame({FACTOR: log_odds - self.intercept_}, index=X.index)


def _statistics(X: pd.DataFrame) -> tuple[Floats, Flags]:
    """Return frequency, recency and age in weeks of those with a past, and who they are."""
    tenure, recency, repeats = (read_numbers(X[name]) for name in COLUMNS)
    known = ~np.isnan(tenure)
    statistics = np.column_stack([repeats, (tenure - recency) / _WEEK, tenure / _WEEK])
    return statistics[known], known
