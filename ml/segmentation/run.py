"""The whole of segmentation for one organization: train, score, look back."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ml.segmentation.customers import CustomerSegmentation
from ml.segmentation.descriptions import HABITS
from ml.segmentation.migrations import last_changes, migrations
from ml.segmentation.personas import RESPECTS

_CUSTOMER = ["customer_type", "customer_id"]
COLUMNS = (*_CUSTOMER, "cutoff", *RESPECTS, *HABITS)
"""The columns of ``features.customer_features`` that segmentation reads."""


@dataclass(frozen=True)
class Segmentation:
    """A fitted segmentation and what it says; see ``segment_customers``."""

    model: CustomerSegmentation
    scored: pd.DataFrame
    segments: pd.DataFrame
    migrations: pd.DataFrame
    metrics: dict[str, float]
    parameters: dict[str, Any]


def segment_customers(
    features: pd.DataFrame,
    *,
    model: CustomerSegmentation | None = None,
    previous: CustomerSegmentation | None = None,
    random_state: int = 0,
) -> Segmentation:
    """Train on the newest cutoff of one organization, and label every cutoff by that one measure.

    Parameters
    ----------
    features : rows of ``features.customer_features``: customer_type, customer_id, cutoff,
        recency_days, transaction_count, total_revenue; of the other columns those that describe
        habits tell more about the personas
    model : a model that was trained before: it labels as it stands, nothing is trained
    previous : last time's model, whose numbers and names of clusters are kept
    random_state : seed of all randomness

    Returns
    -------
    model : the fitted ``CustomerSegmentation``
    scored : one row per customer at the newest cutoff: customer_type, customer_id, as_of_date,
        cluster_id, persona, persona_description, clarity (0 to 1, missing without clusters),
        previous_cluster_id, previous_persona, changed_on (missing for who never changed: first
        cutoff in the present cluster), model_name
    segments : one row per cluster: as_of_date, cluster_id, persona, description, customers,
        share_percent, revenue_share_percent, medians, model_name
    migrations : one row per pair of consecutive cutoffs and of clusters: from_cutoff, to_cutoff,
        from_cluster_id and from_persona (missing: not known before), to_cluster_id, to_persona,
        customers, share_percent
    metrics : n_customers, n_bought, n_clusters, silhouette, stability_mean, stability_lowest
    parameters : of the model, and ``trials`` of other numbers of clusters

    Raises
    ------
    ValueError
        If features has no rows, lacks a column, or has a customer twice at a cutoff.
    """
    _check(features)
    features = features.assign(
        cutoff=pd.to_datetime(features["cutoff"]),
        customer=features.groupby(_CUSTOMER, sort=True, observed=True).ngroup(),
    )
    newest = features["cutoff"].max()
    # Draws depend on the order of rows, which a warehouse does not promise.
    today = features[features["cutoff"] == newest].sort_values("customer", ignore_index=True)
    model = model or CustomerSegmentation(random_state=random_state).fit(today, previous=previous)
    history = features[["customer", "cutoff"]].assign(segment=model.predict(features))
    segments = model.describe(today).assign(as_of_date=newest, model_name=model.model_name_)
    return Segmentation(
        model=model,
        scored=_score(model, today, segments, last_changes(history)),
        segments=segments,
        migrations=_name_moves(migrations(history), segments),
        metrics=_metrics(model, today),
        parameters={**model.get_params(), "trials": getattr(model.clusters_, "trials_", [])},
    )


def _check(features: pd.DataFrame) -> None:
    missing = [name for name in [*_CUSTOMER, "cutoff"] if name not in features]
    if missing:
        raise ValueError(f"features has no column {', '.join(missing)}")
    if not len(features):
        raise ValueError("features has no rows: segmentation needs at least one customer")


def _score(
    model: CustomerSegmentation,
    today: pd.DataFrame,
    segments: pd.DataFrame,
    changes: pd.DataFrame,
) -> pd.DataFrame:
    named = segments.set_index("cluster_id")
    numbers = pd.Series(model.predict(today))
    changed = changes.reindex(today["customer"]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "customer_type": today["customer_type"],
            "customer_id": today["customer_id"],
            "as_of_date": today["cutoff"],
            "cluster_id": numbers,
            "persona": numbers.map(named["persona"]),
            "persona_description": numbers.map(named["description"]),
            "clarity": model.clarity(today),
            "previous_cluster_id": changed["previous_segment"],
            "previous_persona": changed["previous_segment"].map(named["persona"]),
            "changed_on": changed["changed_on"],
            "model_name": model.model_name_,
        }
    )


def _name_moves(moves: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    persona = segments.set_index("cluster_id")["persona"]
    moves = moves.rename(columns={"from_segment": "from_cluster_id", "to_segment": "to_cluster_id"})
    return moves.assign(
        from_persona=moves["from_cluster_id"].map(persona),
        to_persona=moves["to_cluster_id"].map(persona),
    )


def _metrics(model: CustomerSegmentation, today: pd.DataFrame) -> dict[str, float]:
    found = model.clusters_
    return {
        "n_customers": len(today),
        "n_bought": int(today["recency_days"].notna().sum()),
        "n_clusters": len(model.ids_),
        "silhouette": getattr(found, "silhouette_", float("nan")),
        "stability_mean": getattr(found, "stability_mean_", float("nan")),
        "stability_lowest": getattr(found, "stability_lowest_", float("nan")),
    }
