"""Customers' figures on scales that distances can be measured on."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats

RFM_BLOCKS = (("recency_days",), ("transaction_count", "total_revenue"))


class LogBlockScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Logarithms, cut at their outer quantiles, in blocks of equal weight.

    Features of one block tell much the same: together they weigh as much as any other block, else
    k-means would see little but the subject that most columns speak of. Every column has mean 0
    and variance 1 / (columns of its block), a constant one is 0 throughout.

    Parameters
    ----------
    blocks : names of the columns of each block; amounts of 0 or more, a negative or missing one
        counts as 0
    tail : share of values cut at either end, so that no customer is a cluster of their own

    Attributes
    ----------
    low_, high_, mean_, scale_ : arrays of shape (columns,), of the logarithms

    Source of the weights: Westerhuis, Kourti and MacGregor, "Analysis of multiblock and
    hierarchical PCA and PLS models", Journal of Chemometrics 12 (1998), block scaling.
    """

    def __init__(self, blocks: Sequence[Sequence[str]] = RFM_BLOCKS, tail: float = 0.01) -> None:
        self.blocks = blocks
        self.tail = tail

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn quantiles, means and deviations.

        Raises
        ------
        ValueError
            If X has no rows, or lacks a column.
        """
        logs = self._logarithms(X)
        if not len(logs):
            raise ValueError("X has no rows: scaling needs at least one customer")
        self.low_, self.high_ = np.quantile(logs, [self.tail, 1 - self.tail], axis=0)
        cut = np.clip(logs, self.low_, self.high_)
        varies = np.ptp(cut, axis=0) > 0
        self.mean_ = np.where(varies, cut.mean(axis=0), cut[0])
        deviation = np.where(varies, cut.std(axis=0), 1.0)
        size = np.repeat([len(block) for block in self.blocks], [len(b) for b in self.blocks])
        self.scale_ = deviation * np.sqrt(size)
        return self

    def transform(self, X: pd.DataFrame) -> Floats:
        """Return the scaled features, (n, columns) in the order of ``blocks``."""
        check_is_fitted(self, "scale_")
        scaled: Floats = np.clip(self._logarithms(X), self.low_, self.high_)
        scaled -= self.mean_
        scaled /= self.scale_
        return scaled

    def _logarithms(self, X: Any) -> Floats:
        columns = [name for block in self.blocks for name in block]
        missing = [name for name in columns if name not in X]
        if missing:
            raise ValueError(f"X has no column {', '.join(missing)}; it needs {', '.join(columns)}")
        values = np.column_stack([numbers(X[name]) for name in columns])
        logs: Floats = np.log1p(np.fmax(values, 0.0))
        return logs


def numbers(values: pd.Series) -> Floats:
    """Return a column of whatever type as floats, (n,); nan where missing."""
    floats: Floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return floats
