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

from ml.segmentation.kmeans import Labels
from ml.segmentation.scaling import Floats

RESPECTS = ("recency_days", "transaction_count", "total_revenue")
_LOW, _USUAL, _HIGH = -1, 0, 1
_THIRD = 1 / 3
_INERTIA = 0.05

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
HABITS = {
    "product_categories_365d": ("buy in more product categories", "buy in fewer categories"),
    "gap_median_days": ("leave longer gaps between purchases", "leave shorter gaps"),
    "return_rate_365d": ("return more", "return less"),
    "cancellation_rate_365d": ("cancel more", "cancel less"),
    "weekend_share": ("come more at weekends", "come less at weekends"),
    "evening_share": ("come more in the evening", "come less in the evening"),
    "visits_90d": ("visit more", "visit less"),
    "interactions_365d": ("are in touch more", "are in touch less"),
    "tickets_365d": ("ask support more", "ask support less"),
    "nps_last": ("recommend more", "recommend less"),
}
_TELLING = 0.1
_KNOWN = 30
_MENTIONED = 2
_PERCENT = 100

Levels = tuple[int, int, int]


def describe_clusters(
    X: pd.DataFrame, labels: Labels, previous: Mapping[int, Levels]
) -> list[dict[str, Any]]:
    """Name and describe clusters.

    Parameters
    ----------
    X : customers, a frame of shape (n, ...) with ``RESPECTS`` and whichever habits are known
    labels : cluster of each customer, (n,)
    previous : levels that clusters had last time, by number

    Returns
    -------
    one dict per cluster, by number: cluster_id, persona, description, levels, customers, their
    share and that of revenue in percent, and the median of each of ``RESPECTS``
    """
    values = {name: X[name].to_numpy(np.float64, na_value=np.nan) for name in RESPECTS}
    ordered = {name: np.sort(value[~np.isnan(value)]) for name, value in values.items()}
    revenue = np.fmax(values["total_revenue"], 0.0)
    habits = _habits(X, labels)
    personas = []
    for number in np.unique(labels).tolist():
        own = labels == number
        medians = {name: float(np.nanmedian(value[own])) for name, value in values.items()}
        before: Sequence[int | None] = previous.get(number, (None, None, None))
        levels = [
            _level(_place(ordered[name], medians[name]), level)
            for name, level in zip(RESPECTS, before, strict=True)
        ]
        persona = {
            "cluster_id": number,
            "persona": f"{_WHEN[levels[0]]}{_WHO[levels[1], levels[2]]}".capitalize(),
            "levels": list(levels),
            "customers": int(own.sum()),
            "share_percent": float(_PERCENT * own.mean()),
            "revenue_share_percent": float(
                _PERCENT * revenue[own].sum() / max(revenue.sum(), np.finfo(float).tiny)
            ),
            **{f"median_{name}": median for name, median in medians.items()},
        }
        persona["description"] = _sentences(persona, habits.get(number, []))
        personas.append(persona)
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


def _habits(X: pd.DataFrame, labels: Labels) -> dict[int, list[str]]:
    """Say, per cluster, which habits differ most from those of all, by the mean rank."""
    told: dict[int, list[tuple[float, str]]] = {}
    for name, (more, less) in HABITS.items():
        if name not in X:
            continue
        value = pd.Series(X[name].to_numpy(np.float64, na_value=np.nan))
        ranks = value.rank(pct=True).groupby(labels)
        for number, (mean, known) in ranks.agg(["mean", "count"]).iterrows():
            distance = mean - value.rank(pct=True).mean()
            if known >= _KNOWN and abs(distance) >= _TELLING:
                told.setdefault(int(str(number)), []).append(
                    (abs(distance), more if distance > 0 else less)
                )
    return {
        number: [text for _, text in sorted(told[number], reverse=True)[:_MENTIONED]]
        for number in told
    }


def _sentences(persona: Mapping[str, Any], habits: Sequence[str]) -> str:
    text = (
        f"{persona['share_percent']:.0f} % of customers who bought, with "
        f"{persona['revenue_share_percent']:.0f} % of their revenue. Medians: last purchase "
        f"{persona['median_recency_days']:,.0f} days ago, purchases "
        f"{persona['median_transaction_count']:,.0f}, revenue "
        f"{persona['median_total_revenue']:,.0f}."
    )
    return f"{text} Unlike others they {' and '.join(habits)}." if habits else text


def _tell_apart(personas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add numbers to equal names; the longest known cluster keeps it plain."""
    seen: dict[str, int] = {}
    for persona in personas:
        name = persona["persona"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            persona["persona"] = f"{name} {seen[name]}"
    return personas
