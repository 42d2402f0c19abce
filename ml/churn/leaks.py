"""Features that know the outcome."""

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.churn.tables import TableReader
from ml.evaluation.classification import roc_auc

_SUSPICIOUS = 0.95
_TIMES_BETTER = 5
_FEWEST_PER_CLASS = 20


def leaking_features(X: pd.DataFrame, y: Floats) -> list[str]:
    """Return features that alone rank the outcome better than any honest one can.

    That is with an AUC above 0.95 and less than a fifth of the ranking error of the honest measure:
    ``recency_days``, or where there is none the best feature of those up to 0.95. Where recency
    itself tells nearly everything, features as good as it are no leak.

    Parameters
    ----------
    X : features (n, k)
    y : outcomes 0 and 1, (n,); with fewer than 20 of either nothing can be said
    """
    if min(y.sum(), len(y) - y.sum()) < _FEWEST_PER_CLASS:
        return []
    reader = TableReader().fit(X)
    numbers, codes = reader.numbers(X), reader.codes(X)
    strength = {name: _strength(numbers[:, j], y) for j, name in enumerate(reader.numeric_)}
    for j, name in enumerate(reader.levels_):
        counts, events = np.bincount(codes[:, j]), np.bincount(codes[:, j], weights=y)
        rate = events / np.maximum(counts, 1)
        strength[name] = roc_auc(y, rate[codes[:, j]])
    honest = max((s for s in strength.values() if s <= _SUSPICIOUS), default=0.5)
    honest = max(honest, strength.get("recency_days", 0.0))
    bound = max(_SUSPICIOUS, 1 - (1 - honest) / _TIMES_BETTER)
    return sorted(name for name, s in strength.items() if s > bound)


def _strength(values: Floats, y: Floats) -> float:
    """Return the AUC of a feature in its better direction, missing values on its better side."""
    known = values[~np.isnan(values)]
    sides = (known.min() - 1, known.max() + 1)
    found = [roc_auc(y, np.where(np.isnan(values), side, values)) for side in sides]
    return max(*found, *(1 - auc for auc in found))
