"""What clusters are called: rules over how their median customer stands among all.

Each cluster is low, usual or high in three respects: days since the last purchase, number of
purchases, and revenue. Its median customer's place among all customers decides: below a third,
above two thirds, or between. A cluster that bears the number of last time's keeps its level until
the median is ``_INERTIA`` past the border, so that names do not flicker from fit to fit.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.segmentation.kmeans import Labels
from ml.segmentation.scaling import numbers

RESPECTS = ("recency_days", "transaction_count", "total_revenue")
_LOW, _USUAL, _HIGH = -1, 0, 1
_THIRD = 1 / 3
_INERTIA = 0.1

_EVERYONE = "All who bought"
_WHEN = {_LOW: "recent ", _USUAL: "", _HIGH: "long-absent "}
_WHO = {
    (_HIGH, _HIGH): "high-value regulars",
    (_HIGH, _USUAL): "regulars",
    (_HIGH, _LOW): "small-basket regulars",
    (_USUAL, _HIGH): "big spenders",
    (_USUAL, _USUAL): "mid-range customers",
    (_USUAL, _LOW): "small spenders",
    (_LOW, _HIGH): "rare big spenders",
    (_LOW, _USUAL): "occasional customers",
    (_LOW, _LOW): "light customers",
}
Levels = tuple[int, int, int]


def name_clusters(
    X: pd.DataFrame, labels: Labels, previous: Mapping[int, Levels]
) -> list[dict[str, Any]]:
    """Name clusters.

    Parameters
    ----------
    X : customers, a frame of shape (n, ...) with ``RESPECTS``
    labels : cluster of each customer, (n,)
    previous : levels that clusters had last time, by number

    Returns
    -------
    one dict per cluster, by number: cluster_id, persona, levels (-1, 0 or 1 for each respect)
    """
    values = {name: np.fmax(numbers(X[name]), 0.0) for name in RESPECTS}
    ordered = {name: np.sort(value) for name, value in values.items()}
    personas = []
    for number in np.unique(labels).tolist():
        before: Sequence[int | None] = previous.get(number, (None, None, None))
        levels = [
            _level(_place(ordered[name], np.median(values[name][labels == number])), level)
            for name, level in zip(RESPECTS, before, strict=True)
        ]
        persona = f"{_WHEN[levels[0]]}{_WHO[levels[1], levels[2]]}".capitalize()
        personas.append({"cluster_id": number, "persona": persona, "levels": levels})
    if len(personas) == 1:
        personas[0]["persona"] = _EVERYONE
    return _tell_apart(personas)


def _place(ordered: Floats, value: float) -> float:
    """Return the share of customers below a value, those alike counting half."""
    below, upto = np.searchsorted(ordered, value), np.searchsorted(ordered, value, side="right")
    return float(below + upto) / (2 * len(ordered))


def _level(place: float, before: int | None) -> int:
    low, high = _THIRD, 1 - _THIRD
    if before is not None:
        low += _INERTIA if before == _LOW else -_INERTIA
        high += -_INERTIA if before == _HIGH else _INERTIA
    if place > high:
        return _HIGH
    return _LOW if place < low else _USUAL


def _tell_apart(personas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add numbers to equal names; the longest known cluster keeps it plain."""
    seen: dict[str, int] = {}
    for persona in personas:
        name = persona["persona"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            persona["persona"] = f"{name} {seen[name]}"
    return personas
