"""What the customers of each cluster are like, in figures and in a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ml.arrays import Floats
from ml.segmentation.kmeans import Labels
from ml.segmentation.personas import RESPECTS
from ml.segmentation.scaling import numbers

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


def describe_clusters(
    X: pd.DataFrame, labels: Labels, personas: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Describe clusters by the customers who are in them.

    Parameters
    ----------
    X : customers who bought, a frame of shape (n, ...) with ``RESPECTS`` and such of ``HABITS`` as
        are known
    labels : cluster of each customer, (n,)
    personas : cluster_id and persona of each cluster

    Returns
    -------
    one row per cluster: cluster_id, persona, description, customers, share_percent and
    revenue_share_percent (of those who bought), and the median of each of ``RESPECTS``, missing
    without customers
    """
    values = pd.DataFrame({name: numbers(X[name]) for name in RESPECTS})
    values["total_revenue"] = values["total_revenue"].fillna(0.0)
    ids = [persona["cluster_id"] for persona in personas]
    by_cluster = values.groupby(labels)
    revenue = values["total_revenue"].clip(lower=0).groupby(labels).sum().reindex(ids).fillna(0.0)
    customers = by_cluster.size().reindex(ids).fillna(0).astype("int64")
    described = pd.DataFrame(
        {
            "cluster_id": ids,
            "persona": [persona["persona"] for persona in personas],
            "customers": customers.to_numpy(),
            "share_percent": _PERCENT * (customers / max(customers.sum(), 1)).to_numpy(),
            "revenue_share_percent": _PERCENT * (revenue / (revenue.sum() or 1.0)).to_numpy(),
        }
    )
    medians = by_cluster.median().reindex(ids).add_prefix("median_").reset_index(drop=True)
    described = described.join(medians)
    habits = _habits(X, labels)
    described.insert(
        2,
        "description",
        [
            _sentences(row, habits.get(row["cluster_id"], []))
            for row in described.to_dict("records")
        ],
    )
    return described


def _habits(X: pd.DataFrame, labels: Labels) -> dict[int, list[str]]:
    """Say, per cluster, which habits differ most from those of all, by the mean rank."""
    told: dict[int, list[tuple[float, str]]] = {}
    for name in HABITS.keys() & set(X):
        ranks = _ranks(numbers(X[name]))
        of_cluster = ranks.groupby(labels).agg(["mean", "count"])
        distance = of_cluster["mean"] - ranks.mean()
        telling = distance[(of_cluster["count"] >= _KNOWN) & (distance.abs() >= _TELLING)]
        for number, far in telling.items():
            told.setdefault(int(str(number)), []).append((-abs(far), HABITS[name][int(far < 0)]))
    return {
        number: [text for _, text in sorted(said)[:_MENTIONED]] for number, said in told.items()
    }


def _ranks(values: Floats) -> pd.Series:
    """Return places from 0 to 1, those alike sharing the middle of theirs."""
    return pd.Series(values).rank(pct=True)


def _sentences(cluster: Mapping[Any, Any], habits: Sequence[str]) -> str:
    if not cluster["customers"]:
        return "No customer at present."
    text = (
        f"{cluster['share_percent']:.0f} % of customers who bought, with "
        f"{cluster['revenue_share_percent']:.0f} % of their revenue. Medians: last purchase "
        f"{cluster['median_recency_days']:,.0f} days ago, purchases "
        f"{cluster['median_transaction_count']:,.0f}, revenue "
        f"{cluster['median_total_revenue']:,.0f}."
    )
    return f"{text} Unlike others they {' and '.join(habits)}." if habits else text
