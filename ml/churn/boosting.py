"""Gradient boosting that stays additive."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats, Integers
from ml.churn.additive import AdditiveModel, log_odds_of
from ml.churn.tables import TableReader

_BINS = 48


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
        self.classes_ = np.array([0, 1])
        self.tables_: list[Floats] = []
        self.intercept_ = log_odds_of(np.asarray(y, dtype=np.float64))
        if not bins.shape[1]:
            return self
        categorical = [False] * len(self.edges_) + [True] * len(self.reader_.levels_)
        trees = HistGradientBoostingClassifier(
            **self.get_params(),
            interaction_cst="no_interactions",
            categorical_features=categorical,
            early_stopping=False,
        )
        trees.fit(bins.astype(np.float64), np.asarray(y, dtype=np.int64))
        self._tabulate(trees, bins)
        return self

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what each feature adds to the log-odds, (n, k), with the index of X."""
        check_is_fitted(self, "tables_")
        bins = self._bins(X)
        values = np.empty(bins.shape)
        for j, table in enumerate(self.tables_):
            values[:, j] = table[bins[:, j]]
        return pd.DataFrame(values, index=X.index, columns=self.reader_.names)

    def _bins(self, X: pd.DataFrame) -> Integers:
        numbers = self.reader_.numbers(X)
        bins = np.empty(numbers.shape, dtype=np.int64)
        for j, edges in enumerate(self.edges_):
            cell = np.searchsorted(edges, numbers[:, j], side="left")
            bins[:, j] = np.where(np.isnan(numbers[:, j]), len(edges) + 1, cell)
        return np.column_stack([bins, self.reader_.codes(X)])

    def _tabulate(self, trees: Any, bins: Integers) -> None:
        """Read each feature's table off the trees, the other features standing still."""
        sizes = [len(e) + 2 for e in self.edges_]
        sizes += [len(levels) + 1 for levels in self.reader_.levels_.values()]
        here = bins[0].astype(np.float64)
        grid = np.tile(here, (sum(sizes) + 1, 1))
        ends = np.cumsum(sizes)
        for j, (size, end) in enumerate(zip(sizes, ends, strict=True)):
            grid[end - size : end, j] = np.arange(size)
        raw = trees.decision_function(grid)
        self.intercept_ = float(raw[-1])
        for j, (size, end) in enumerate(zip(sizes, ends, strict=True)):
            moves = raw[end - size : end] - raw[-1]
            average = float(moves[bins[:, j]].mean())
            self.tables_.append(moves - average)
            self.intercept_ += average
