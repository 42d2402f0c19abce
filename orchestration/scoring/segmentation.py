"""Segments of every customer: rules from the marts, clusters from behaviour."""

from datetime import date
from typing import Any

import pandas as pd

from ml.evaluation.drift import stability_index
from ml.registry import Card, Decision, Record, Registry, Training, data_hash
from ml.segmentation import COLUMNS, Segmentation, segment_customers
from orchestration.scoring.champions import Trained, reign
from orchestration.scoring.frames import KEY, read_frame
from orchestration.scoring.outcome import Finding, Outcome, Scorer, runs_of
from orchestration.scoring.provenance import with_provenance
from orchestration.scoring.triggers import too_old
from orchestration.scoring.watching import DRIFT, LEAST_ROWS, drift_finding, why_drifted
from orchestration.warehouse import Warehouse

MODEL = "segmentation"
STABILITY = "stability"
_SHARES = "shares"
FEATURES = ("features", "customer_features")
TIERS = ("marts", "customer_tiers")
RULES = ("staging", "int_segment_ids")

_TIERS = [
    *("recency_score", "frequency_score", "monetary_score"),
    *("rfm_class", "volume_tier", "profitability_tier"),
]
# The gate that the number of clusters has to pass: see ml.segmentation.
_LEAST_MEAN, _LEAST = 0.85, 0.75


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Put every customer into a cluster, and note the segments that rules tell."""
    with warehouse.session() as session:
        features = read_frame(session, FEATURES, organization_id, COLUMNS, where="is_current")
        tiers = read_frame(session, TIERS, organization_id, [*KEY, *_TIERS], where="is_current")
        rules = read_frame(session, RULES, organization_id, [*KEY, "segment_id"])
    seen = data_hash(features)

    def train(previous: Any | None) -> Trained:
        result = segment_customers(features, previous=previous)
        training = _training(result, len(features), scored_as_of, seen)
        return Trained(training, promote)

    def promote(version: str) -> Decision:
        # Segments describe, they foretell nothing that could be held against them.
        reason = "the newest segments are the ones in use"
        return registry.promote(organization_id, MODEL, version, as_of=scored_as_of, reason=reason)

    def why_train(record: Record, model: Any) -> str | None:
        if train_anew:
            return "asked for"
        return too_old(record, scored_as_of) or why_drifted(drifted(record, model, features))

    reigning = reign(
        *(registry, organization_id, MODEL, scored_as_of),
        data_hash=lambda: seen,
        why_train=why_train,
        train=train,
        insists=train_anew,
    )
    result = segment_customers(features, model=reigning.estimator)
    customers = (
        result.scored[[*KEY, "cluster_id"]]
        .merge(tiers, on=KEY, validate="1:1")
        .merge(rules, on=KEY, validate="1:1")
    )
    return Outcome(
        tables={
            "customer_segment_history": with_provenance(customers, reigning),
            "customer_personas": with_provenance(_personas(result), reigning),
        },
        runs=runs_of(reigning, organization_id, MODEL, scored_as_of, len(customers)),
        findings=[
            _stability(reigning.record),
            drift_finding(drifted(reigning.record, reigning.estimator, features)),
        ],
    )


def _training(result: Segmentation, customers: int, trained_as_of: date, seen: str) -> Training:
    return Training(
        estimator=result.model,
        model_name=result.model.model_name_,
        trained_as_of=trained_as_of,
        window=(trained_as_of, trained_as_of),
        data_hash=seen,
        parameters={**result.parameters, _SHARES: shares(result.scored["cluster_id"])},
        metrics=result.metrics,
        card=Card(
            purpose=(
                "Customers who behave alike, for choosing whom to address how. A cluster says "
                "nothing of what a customer will do."
            ),
            samples={"customers": customers, "who bought": int(result.metrics["n_bought"])},
            tables={"Personas": result.segments},
            limits=(
                "Clusters follow recency, frequency and revenue alone; habits only describe them.",
                "Borders between clusters are soft: see how clearly a customer belongs.",
            ),
        ),
    )


def shares(clusters: pd.Series) -> dict[str, float]:
    """Return the share of customers in each cluster, by its number as text."""
    shares = clusters.astype(str).value_counts(normalize=True)
    return {str(number): float(share) for number, share in shares.sort_index().items()}


def drifted(record: Record, model: Any, features: pd.DataFrame) -> dict[str, float]:
    """Return how far customers have moved between the clusters since the training."""
    then = record.parameters.get(_SHARES, {})
    if len(features) < LEAST_ROWS or not then:
        return {}
    now = shares(pd.Series(model.predict(features)))
    numbers = sorted(then | now)
    before, after = ([one.get(number, 0.0) for number in numbers] for one in (then, now))
    return {"score": stability_index(before, after)}


def _personas(result: Segmentation) -> pd.DataFrame:
    segments = result.segments
    names = {"customers": "member_count", "share_percent": "member_share_percent"}
    return segments.rename(columns=names)[["cluster_id", "persona", "description", *names.values()]]


def _stability(record: Record) -> Finding:
    mean, least = record.metrics["stability_mean"], record.metrics["stability_lowest"]
    passed = mean is None or least is None or (mean >= _LEAST_MEAN and least >= _LEAST)
    return Finding(STABILITY, passed, {"adjusted Rand, mean": mean, "lowest": least})


SEGMENTATION = Scorer(
    model=MODEL,
    description="Puts customers into behavioural clusters and notes their segments by rule.",
    tables={
        "customer_segment_history": "Segments of each customer on the days that were scored.",
        "customer_personas": "The behavioural clusters of these days, in words.",
    },
    reads=(FEATURES, TIERS, RULES),
    checks={
        STABILITY: "Clusters found in resampled customers are the same ones.",
        DRIFT: "As many customers are in each cluster as at training (population stability index).",
    },
    score=score,
)
