"""How a churn model fares after its training: on windows that have closed since, and by drift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ml.churn import ChurnClassifier
from ml.churn.features import churn_features
from ml.churn.labels import at_risk, label_churn
from ml.evaluation.classification import expected_calibration_error, log_loss, roc_auc
from ml.evaluation.drift import population_stability_index
from orchestration.scoring.outcome import Finding

CALIBRATION, DRIFT, DISTRIBUTION = "calibration", "drift", "score_distribution"
CHECKS = {
    CALIBRATION: "Probabilities came true in the newest window that opened after the training.",
    DRIFT: "Customers are like those of the training day (population stability index).",
    DISTRIBUTION: "Scores tell customers from each other, and their mean is near the usual rate.",
}
_MOST_CALIBRATION_ERROR = 0.05
_MOST_DRIFT = 0.25
_MOST_OFF = 0.25
_LEAST_ROWS = 100
_SHOWN = 3


@dataclass(frozen=True)
class Realised:
    """A window that opened after a model's training and has closed: what was said, what came."""

    cutoff: date
    churned: "pd.Series[float]"
    probability: "pd.Series[float]"

    def figures(self) -> dict[str, float]:
        """Return how good the model was."""
        y, p = self.churned, self.probability
        return {
            "auc": roc_auc(y, p),
            "log_loss": log_loss(y, p),
            "calibration_error": expected_calibration_error(y, p),
        }


def realised(
    model: ChurnClassifier, features: pd.DataFrame, purchases: pd.DataFrame, as_of: date
) -> Realised | None:
    """Return the newest window that a model could not have learned from; None while there is none.

    Parameters
    ----------
    features, purchases
        As the model was trained on, until ``as_of``.
    """
    rows = label_churn(features, purchases, as_of, model.horizon_days)
    rows = rows[rows["churned"].notna() & (rows["cutoff"] >= _learned_until(model))]
    rows = rows[rows["cutoff"] == rows["cutoff"].max()]
    if len(rows) < _LEAST_ROWS or rows["churned"].nunique() < 2:  # noqa: PLR2004 - both outcomes
        return None
    probability = model.predict_proba(churn_features(rows), rows["cutoff"])[:, 1]
    return Realised(
        rows["cutoff"].iloc[0].date(),
        rows["churned"].reset_index(drop=True),
        pd.Series(probability),
    )


def why_train(
    model: ChurnClassifier, features: pd.DataFrame, purchases: pd.DataFrame, as_of: date
) -> str | None:
    """Say why a model should be trained anew, if it should: it was wrong, or customers changed."""
    window = realised(model, features, purchases, as_of)
    if window:
        error = window.figures()["calibration_error"]
        if error > _MOST_CALIBRATION_ERROR:
            return f"probabilities of {window.cutoff} were off by {error:.1%} on average"
    moved = _drift(model, features, as_of).get("score", 0.0)
    if moved > _MOST_DRIFT:
        return f"scores have moved (population stability index {moved:.2f})"
    return None


def findings(
    model: ChurnClassifier,
    metrics: Mapping[str, float | None],
    features: pd.DataFrame,
    purchases: pd.DataFrame,
    as_of: date,
    *,
    scores: "pd.Series[float]",
) -> list[Finding]:
    """Return what the checks find: before a window has closed since, calibration at training."""
    window = realised(model, features, purchases, as_of)
    told: dict[str, Any] = {"window": "held out", "calibration_error": metrics.get("ece")}
    if window:
        told = {"window": f"90 days from {window.cutoff}", **window.figures()}
    error = told["calibration_error"]
    drift = _drift(model, features, as_of)
    largest = sorted(drift.items(), key=lambda item: -item[1])[:_SHOWN]
    off = abs(float(scores.mean()) - model.base_rate_)
    return [
        Finding(CALIBRATION, error is None or error <= _MOST_CALIBRATION_ERROR, told),
        Finding(
            DRIFT,
            drift.get("score", 0.0) <= _MOST_DRIFT,
            {"score": drift.get("score"), **dict(largest)},
        ),
        Finding(
            DISTRIBUTION,
            bool(scores.nunique() > 1 and off <= _MOST_OFF),
            {"mean probability": float(scores.mean()), "rate at training": model.base_rate_},
        ),
    ]


def _learned_until(model: ChurnClassifier) -> pd.Timestamp:
    return pd.Timestamp(str(model.closes_))


def _drift(model: ChurnClassifier, features: pd.DataFrame, as_of: date) -> dict[str, float]:
    """Return how far features and score have moved since the last cutoff that was learned from."""
    rows = at_risk(features, as_of)
    learned = rows["cutoff"][rows["cutoff"] < _learned_until(model)].max()
    then = churn_features(rows[rows["cutoff"] == learned])
    now = churn_features(rows[rows["cutoff"] == pd.Timestamp(as_of)])
    if min(len(then), len(now)) < _LEAST_ROWS:
        return {}
    moved = {
        str(name): population_stability_index(then[name], now[name])
        for name in then.select_dtypes("number").columns
    }
    score = model.decision_function(then), model.decision_function(now)
    return {**moved, "score": population_stability_index(*score)}
