"""Companies as numbers: categories, and figures, any of which may be missing."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats

_TAIL = 0.01


class TraitEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Columns of 0 on average, and 0 where a trait is not known.

    So a missing trait says neither yes nor no, whichever list a company comes from. A category has
    a column of its own where it is frequent enough; a figure has its logarithm, and one column per
    knot that rises and falls around it, so that the middle may be best.

    Parameters
    ----------
    traits : columns that describe each trait; several where they tell the same, as an industry's
        name and its code do
    min_frequency : rows that a category needs
    max_categories : most frequent categories of one column that are kept
    n_knots : quantiles of a figure, ends included

    Attributes
    ----------
    names_ : names of the traits, in order
    trait_ : array of shape (columns,), position in ``names_`` of the trait that a column tells of
    levels_ : dict of categorical column to its categories
    knots_ : dict of figure to its knots, on logarithms
    center_ : array of shape (columns,), means of the known values
    """

    def __init__(
        self,
        traits: Mapping[str, Sequence[str]],
        *,
        min_frequency: int = 5,
        max_categories: int = 60,
        n_knots: int = 5,
    ) -> None:
        self.traits = traits
        self.min_frequency = min_frequency
        self.max_categories = max_categories
        self.n_knots = n_knots

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn categories, knots and means from companies, a frame of shape (n, ...).

        Raises
        ------
        ValueError
            If X lacks a column.
        """
        wanted = [column for columns in self.traits.values() for column in columns]
        missing = [column for column in wanted if column not in X]
        if missing:
            raise ValueError(f"X has no column {', '.join(missing)}; it needs {', '.join(wanted)}")
        self.names_ = list(self.traits)
        self.levels_: dict[str, list[str]] = {}
        self.knots_: dict[str, list[float]] = {}
        for column in wanted:
            if pd.api.types.is_numeric_dtype(X[column]):
                self.knots_[column] = self._knots(_logarithms(X[column]))
            else:
                self.levels_[column] = self._levels(_texts(X[column]))
        blocks = [self._block(X, column) for column in wanted]
        trait = [self.names_.index(n) for n, columns in self.traits.items() for _ in columns]
        self.trait_ = np.repeat(trait, [block.shape[1] for block in blocks]).astype(np.int64)
        with np.errstate(invalid="ignore"):
            known = [(~np.isnan(block)).sum(axis=0) for block in blocks]
            sums = [np.nansum(block, axis=0) for block in blocks]
        self.center_: Floats = np.concatenate([*sums, []]) / np.maximum(
            np.concatenate([*known, []]), 1
        )
        return self

    def transform(self, X: pd.DataFrame) -> Floats:
        """Return the centred columns, (n, columns)."""
        check_is_fitted(self, "center_")
        blocks = [self._block(X, column) for columns in self.traits.values() for column in columns]
        encoded = np.hstack([*blocks, np.empty((len(X), 0))])
        encoded -= self.center_
        filled: Floats = np.nan_to_num(encoded, copy=False, nan=0.0)
        return filled

    def _levels(self, texts: pd.Series) -> list[str]:
        counts = texts.value_counts()
        frequent = counts[counts >= self.min_frequency].rename_axis("level").reset_index()
        ordered = frequent.sort_values(["count", "level"], ascending=[False, True])
        return [str(level) for level in ordered["level"].head(self.max_categories)]

    def _knots(self, logs: Floats) -> list[float]:
        known = logs[~np.isnan(logs)]
        if not len(known):
            return []
        places = np.linspace(_TAIL, 1 - _TAIL, self.n_knots)
        return [float(knot) for knot in np.unique(np.quantile(known, places))]

    def _block(self, X: pd.DataFrame, column: str) -> Floats:
        """Return the columns of one source column, nan where it is not known."""
        if column in self.levels_:
            texts = _texts(X[column])
            block = np.zeros((len(X), len(self.levels_[column])))
            place = pd.Index(self.levels_[column]).get_indexer(pd.Index(texts))
            rows = np.flatnonzero(place >= 0)
            block[rows, place[rows]] = 1.0
            block[texts.isna().to_numpy()] = np.nan
            return block
        knots = self.knots_[column]
        if len(knots) <= 1:
            return np.empty((len(X), 0))
        logs = np.clip(_logarithms(X[column]), knots[0], knots[-1])
        peaks = [np.interp(logs, knots, peak) for peak in np.eye(len(knots))]
        slope = 2 * (logs - knots[0]) / (knots[-1] - knots[0])
        return np.column_stack([slope, *peaks])


def _texts(values: pd.Series) -> pd.Series:
    texts = values.astype("str").str.strip().str.casefold()
    return texts.where(values.notna() & texts.ne(""))


def numbers(values: pd.Series, missing: float = np.nan) -> Floats:
    """Return a column of whatever type as floats, (n,)."""
    floats: Floats = values.to_numpy(dtype=np.float64, na_value=missing)
    return floats


def _logarithms(values: pd.Series) -> Floats:
    signed = numbers(values)
    logs: Floats = np.sign(signed) * np.log1p(np.abs(signed))
    return logs
