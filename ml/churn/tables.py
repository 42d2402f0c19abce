"""Any table of features as numbers and categories, read once and the same way ever after."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats, Integers

_MOST_LEVELS = 30
_FEWEST_PER_LEVEL = 20
_SHARE_PER_LEVEL = 0.01
_NUMBERS_AMONG_TEXTS = 0.95


class TableReader(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Learns which columns vary, and what the categories are.

    Numbers, booleans and texts that are numbers (more than 30 of them, 95 percent readable) are
    numeric; everything else is categorical. Levels with fewer than 20 rows, or 1 percent if that is
    more, and those beyond the 30 most frequent are all "other". Columns that do not vary are left
    out.

    Attributes
    ----------
    numeric_ : list of names
    levels_ : dict of name to its list of levels; the code of a level is its place, and that of
        every other value, missing ones too, is the number of levels
    """

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn from a frame of shape (n, features)."""
        self.numeric_: list[str] = []
        self.levels_: dict[str, list[str]] = {}
        for name in map(str, X.columns):
            if is_numeric(X[name]):
                numbers = read_numbers(X[name])
                known = numbers[~np.isnan(numbers)]
                # A column that is only sometimes there varies too.
                if len(known) and (len(known) < len(numbers) or known.min() < known.max()):
                    self.numeric_.append(name)
            else:
                counts = X[name].astype("str").where(X[name].notna()).value_counts()
                fewest = max(_FEWEST_PER_LEVEL, _SHARE_PER_LEVEL * len(X))
                levels = sorted(map(str, counts[counts >= fewest].index[:_MOST_LEVELS]))
                if levels and counts.get(levels[0], 0) < len(X):
                    self.levels_[name] = levels
        return self

    @property
    def names(self) -> list[str]:
        """Return the names of the features in use, numeric ones first."""
        return [*self.numeric_, *self.levels_]

    def numbers(self, X: pd.DataFrame) -> Floats:
        """Return the numeric features, (n, numeric); nan where missing.

        Raises
        ------
        ValueError
            If X lacks a column that was there in ``fit``.
        """
        self._check(X)
        columns = [read_numbers(X[name]) for name in self.numeric_]
        return np.column_stack(columns) if columns else np.empty((len(X), 0))

    def codes(self, X: pd.DataFrame) -> Integers:
        """Return the categorical features' codes, (n, categorical)."""
        self._check(X)
        columns = []
        for name, levels in self.levels_.items():
            values = X[name].astype("str").where(X[name].notna())
            code = pd.Index(levels).get_indexer(pd.Index(values))
            columns.append(np.where(code < 0, len(levels), code))
        return np.column_stack(columns) if columns else np.empty((len(X), 0), dtype=np.int64)

    def _check(self, X: pd.DataFrame) -> None:
        check_is_fitted(self, "numeric_")
        missing = [name for name in self.names if name not in X]
        if missing:
            raise ValueError(f"X has no column {', '.join(missing)}, which the model was fitted on")


def is_numeric(column: "pd.Series[Any]") -> bool:
    """Whether a column holds numbers, be it as decimals or as texts."""
    if pd.api.types.is_numeric_dtype(column):
        return True
    if isinstance(column.dtype, pd.CategoricalDtype) or not len(column.dropna()):
        return False
    known = column.dropna()
    readable = pd.to_numeric(known, errors="coerce").notna().mean()
    if not pd.api.types.is_string_dtype(known):  # decimals
        return bool(readable == 1)
    return bool(readable >= _NUMBERS_AMONG_TEXTS and known.nunique() > _MOST_LEVELS)


def read_numbers(column: "pd.Series[Any]") -> Floats:
    """Return a column as numbers, (n,); nan for what is none or not finite."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)
