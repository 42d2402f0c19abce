"""Calibration of one model's or several models' log-odds, so that contributions still add up."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats

_PSEUDO_COUNT = 1.0
_PENALTY = 0.05


class Stacking(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Calibrated log-odds = intercept + sum of slope x log-odds over models.

    A model that ranks the wrong way round is given no weight at all rather than turned over. Where
    there are several, a penalty draws their slopes together, since what sets them apart is partly
    chance. Of a single model this is Platt's scaling.

    Attributes
    ----------
    slopes_ : (models,), none negative
    intercept_ : log-odds

    Sources: Platt, "Probabilistic Outputs for Support Vector Machines", in Advances in Large Margin
    Classifiers (2000); Breiman, "Stacked Regressions", Machine Learning 24 (1996).
    """

    def fit(self, log_odds: Floats, y: Any) -> Self:
        """Learn from log-odds of rows that the models did not see (n, models) and outcomes (n,)."""
        from scipy.optimize import minimize  # noqa: PLC0415 - slow to import
        from scipy.special import expit  # noqa: PLC0415 - slow to import

        outcome = np.asarray(y, dtype=np.float64)
        rows, models = log_odds.shape
        share = (outcome.sum() + _PSEUDO_COUNT / 2) / (rows + _PSEUDO_COUNT)
        self.slopes_, self.intercept_ = np.zeros(models), float(np.log(share / (1 - share)))
        if not 0 < outcome.sum() < rows or not np.ptp(log_odds, axis=0).any():
            return self

        def loss(parameters: Floats) -> tuple[float, Floats]:
            slopes = parameters[1:]
            z = parameters[0] + log_odds @ slopes
            apart = slopes - slopes.mean()
            value = np.mean(np.logaddexp(0, z) - outcome * z) + _PENALTY * np.mean(apart**2)
            error = (expit(z) - outcome) / rows
            gradient = log_odds.T @ error + 2 * _PENALTY * apart / models
            return float(value), np.concatenate([[error.sum()], gradient])

        found = minimize(
            loss,
            np.concatenate([[0.0], np.full(models, 1 / models)]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(None, None)] + [(0, None)] * models,
            options={"ftol": 1e-12, "gtol": 1e-8, "maxiter": 500},
        )
        if found.x[1:].any():
            self.intercept_, self.slopes_ = float(found.x[0]), found.x[1:]
        return self

    def transform(self, log_odds: Floats) -> Floats:
        """Return calibrated log-odds, (n,)."""
        check_is_fitted(self, "slopes_")
        calibrated: Floats = log_odds @ self.slopes_ + self.intercept_
        return calibrated
