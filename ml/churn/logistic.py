"""Regularised logistic regression on transformed features."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats, Integers
from ml.churn.additive import AdditiveModel, log_odds_of
from ml.churn.tables import TableReader


class AdditiveLogistic(AdditiveModel):
    """Logistic regression on logarithms, bent at quantiles, with a ridge penalty.

    Each numeric feature enters as its signed logarithm z and as max(z - q, 0) for inner quantiles
    q, plus a flag where it is missing; each category as a flag. All columns are scaled to unit
    variance, so that the penalty shrinks alike.

    Parameters
    ----------
    C : inverse strength of the penalty
    bends : how many inner quantiles
    columns : the features to use; None for all of X
    """

    def __init__(self, C: float = 0.01, bends: int = 3, columns: list[str] | None = None) -> None:
        self.C = C
        self.bends = bends
        self.columns = columns

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn from features (n, k) and outcomes (n,), of which both must occur."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

        used = X if self.columns is None else X[self.columns]
        self.reader_ = TableReader().fit(used)
        z = _signed_log(self.reader_.numbers(used))
        self.range_ = np.array([np.nanquantile(c, [0.005, 0.995]) for c in z.T]).reshape(-1, 2).T
        inner = np.linspace(0, 1, self.bends + 2)[1:-1]
        self.medians_ = np.array([np.nanmedian(c) for c in z.T])
        self.knots_ = [np.unique(np.nanquantile(c, inner)) for c in z.T]
        design, owners = self._design(used)
        self.centre_, spread = design.mean(axis=0), design.std(axis=0)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        design -= self.centre_
        design /= self.scale_
        self.owners_ = owners
        self.classes_ = np.array([0, 1])
        self.coefficients_ = np.zeros(design.shape[1])
        self.intercept_ = log_odds_of(np.asarray(y, dtype=np.float64))
        if design.shape[1]:
            regression = LogisticRegression(C=self.C, max_iter=500, tol=1e-5)
            regression.fit(design, np.asarray(y, dtype=np.int64))
            self.coefficients_ = regression.coef_[0] / self.scale_
            self.intercept_ = float(regression.intercept_[0])
        return self

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what each feature adds to the log-odds, (n, k), with the index of X."""
        check_is_fitted(self, "coefficients_")
        names = self.reader_.names
        weighted = (self._design(X)[0] - self.centre_) * self.coefficients_
        # Columns stand feature by feature.
        starts = np.searchsorted(self.owners_, np.arange(len(names)))
        values = np.add.reduceat(weighted, starts, axis=1) if names else np.empty((len(X), 0))
        return pd.DataFrame(values, index=X.index, columns=names)

    def _design(self, X: pd.DataFrame) -> tuple[Floats, Integers]:
        """Return the columns of the regression, (n, m), and which feature each belongs to."""
        z, codes = _signed_log(self.reader_.numbers(X)), self.reader_.codes(X)
        # Beyond what was seen the curves are flat: nothing is known of there.
        z = np.clip(z, *self.range_)
        columns, owners = [], []
        for j in range(z.shape[1]):
            missing = np.isnan(z[:, j])
            known = np.where(missing, self.medians_[j], z[:, j])
            mine = [known, *(np.maximum(known - q, 0) for q in self.knots_[j]), missing]
            columns += mine
            owners += [j] * len(mine)
        for j, levels in enumerate(self.reader_.levels_.values()):
            columns += [codes[:, j] == level for level in range(len(levels))]
            owners += [z.shape[1] + j] * len(levels)
        design = np.empty((len(X), len(columns)))
        for position, column in enumerate(columns):
            design[:, position] = column
        return design, np.array(owners, dtype=np.int64)


def _signed_log(values: Floats) -> Floats:
    logarithms: Floats = np.sign(values) * np.log1p(np.abs(values))
    return logarithms
