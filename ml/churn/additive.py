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

from ml.churn.tables import Codes, Floats, TableReader

_ROWS_AT_ONCE = 50_000
_BINS = 48


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

    def predict(self, X: pd.DataFrame) -> Codes:
        """Return the likelier outcome, (n,)."""
        likelier: Codes = (self.decision_function(X) > 0).astype(np.int64)
        return likelier


def probabilities(log_odds: Floats) -> Floats:
    """Return the probabilities of 0 and 1, (n, 2)."""
    one = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return np.column_stack([1 - one, one])


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
        self.range_ = np.nanquantile(z, [0.005, 0.995], axis=0)
        inner = np.linspace(0, 1, self.bends + 2)[1:-1]
        self.medians_ = np.array([np.nanmedian(c) for c in z.T])
        self.knots_ = [np.unique(np.nanquantile(c, inner)) for c in z.T]
        design, owners = self._design(used)
        self.centre_, spread = design.mean(axis=0), design.std(axis=0)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        design -= self.centre_
        design /= self.scale_
        regression = LogisticRegression(C=self.C, max_iter=500, tol=1e-5)
        regression.fit(design, np.asarray(y, dtype=np.int64))
        self.coefficients_ = regression.coef_[0] / self.scale_
        self.owners_ = owners
        self.intercept_ = float(regression.intercept_[0])
        self.classes_ = np.array([0, 1])
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

    def _design(self, X: pd.DataFrame) -> tuple[Floats, Codes]:
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


class AdditiveBoosting(AdditiveModel):
    """Gradient boosting of small trees that see one feature each.

    Features are cut into 48 bins of equal count (missing values and categories have their own),
    so what was learned is a table of log-odds per feature and bin.

    Parameters
    ----------
    learning_rate, max_iter, max_leaf_nodes, min_samples_leaf, l2_regularization, max_features :
        as in scikit-learn's ``HistGradientBoostingClassifier``
    random_state : seed

    Attributes
    ----------
    tables_ : per feature, what its bins add to the log-odds

    Source: Lou, Caruana and Gehrke, "Intelligible Models for Classification and Regression",
    KDD (2012).
    """

    def __init__(
        self,
        *,
        learning_rate: float = 0.05,
        max_iter: int = 250,
        max_leaf_nodes: int = 4,
        min_samples_leaf: int = 50,
        l2_regularization: float = 5.0,
        max_features: float = 0.3,
        random_state: int = 0,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.max_features = max_features
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn from features (n, k) and outcomes (n,), of which both must occur."""
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - slow

        self.reader_ = TableReader().fit(X)
        inner = np.linspace(0, 1, _BINS + 1)[1:-1]
        self.edges_ = [np.unique(np.nanquantile(c, inner)) for c in self.reader_.numbers(X).T]
        bins = self._bins(X)
        categorical = [False] * len(self.edges_) + [True] * len(self.reader_.levels_)
        trees = HistGradientBoostingClassifier(
            **self.get_params(),
            interaction_cst="no_interactions",
            categorical_features=categorical,
            early_stopping=False,
        )
        trees.fit(bins.astype(np.float64), np.asarray(y, dtype=np.int64))
        self._tabulate(trees, bins)
        self.classes_ = np.array([0, 1])
        return self

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what each feature adds to the log-odds, (n, k), with the index of X."""
        check_is_fitted(self, "tables_")
        bins = self._bins(X)
        values = np.empty(bins.shape)
        for j, table in enumerate(self.tables_):
            values[:, j] = table[bins[:, j]]
        return pd.DataFrame(values, index=X.index, columns=self.reader_.names)

    def _bins(self, X: pd.DataFrame) -> Codes:
        numbers = self.reader_.numbers(X)
        bins = np.empty(numbers.shape, dtype=np.int64)
        for j, edges in enumerate(self.edges_):
            cell = np.searchsorted(edges, numbers[:, j], side="left")
            bins[:, j] = np.where(np.isnan(numbers[:, j]), len(edges) + 1, cell)
        return np.column_stack([bins, self.reader_.codes(X)])

    def _tabulate(self, trees: Any, bins: Codes) -> None:
        """Read each feature's table off the trees, the other features standing still."""
        sizes = [len(e) + 2 for e in self.edges_]
        sizes += [len(levels) + 1 for levels in self.reader_.levels_.values()]
        here = bins[0].astype(np.float64)
        grid = np.tile(here, (sum(sizes) + 1, 1))
        ends = np.cumsum(sizes)
        for j, (size, end) in enumerate(zip(sizes, ends, strict=True)):
            grid[end - size : end, j] = np.arange(size)
        raw = trees.decision_function(grid)
        self.tables_: list[Floats] = []
        self.intercept_ = float(raw[-1])
        for j, (size, end) in enumerate(zip(sizes, ends, strict=True)):
            moves = raw[end - size : end] - raw[-1]
            average = float(moves[bins[:, j]].mean())
            self.tables_.append(moves - average)
            self.intercept_ += average


class MeanModel(AdditiveModel):
    """The mean of several additive models' log-odds, which is additive again."""

    def __init__(self, models: tuple[AdditiveModel, ...]) -> None:
        self.models = models

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Fit a copy of each model."""
        from sklearn.base import clone  # noqa: PLC0415

        self.models_ = [clone(model).fit(X, y) for model in self.models]
        self.intercept_ = float(np.mean([model.intercept_ for model in self.models_]))
        self.classes_ = np.array([0, 1])
        return self

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what each feature adds to the log-odds, (n, k), with the index of X."""
        check_is_fitted(self, "models_")
        parts = [model.contributions(X) for model in self.models_]
        names = list(dict.fromkeys(name for part in parts for name in part))
        total = np.zeros((len(X), len(names)))
        for part in parts:
            total[:, [names.index(name) for name in part]] += part.to_numpy()
        return pd.DataFrame(total / len(parts), index=X.index, columns=names)


def _signed_log(values: Floats) -> Floats:
    logarithms: Floats = np.sign(values) * np.log1p(np.abs(values))
    return logarithms
