"""Calibration of log-odds by two parameters, so that contributions still add up."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats

_PSEUDO_COUNT = 1.0


class PlattScaling(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Calibrated log-odds = slope x log-odds + intercept.

    A score that ranks the wrong way round is given no weight at all rather than turned over.

    Attributes
    ----------
    slope_, intercept_ : the two parameters

    Source: Platt, "Probabilistic Outputs for Support Vector Machines", in Advances in Large Margin
    Classifiers (2000).
    """

    def fit(self, log_odds: Floats, y: Any) -> Self:
        """Learn from log-odds of rows that the model did not see, and outcomes, (n,)."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

        outcome = np.asarray(y, dtype=np.float64)
        share = (outcome.sum() + _PSEUDO_COUNT / 2) / (len(outcome) + _PSEUDO_COUNT)
        self.slope_, self.intercept_ = 0.0, float(np.log(share / (1 - share)))
        if 0 < outcome.sum() < len(outcome) and np.ptp(log_odds) > 0:
            regression = LogisticRegression(C=np.inf, max_iter=200)
            regression.fit(log_odds[:, None], outcome.astype(np.int64))
            if regression.coef_[0, 0] > 0:
                self.slope_ = float(regression.coef_[0, 0])
                self.intercept_ = float(regression.intercept_[0])
        return self

    def transform(self, log_odds: Floats) -> Floats:
        """Return calibrated log-odds, (n,)."""
        check_is_fitted(self, "slope_")
        return self.slope_ * log_odds + self.intercept_
