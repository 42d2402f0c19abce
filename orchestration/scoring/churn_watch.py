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
from orchestration.scoring.outcome import Finding
from orchestration.scoring.watching import (
    DRIFT,
    LEAST_ROWS,
    PERFORMANCE,
    drift,
    drift_finding,
    why_drifted,
)

CALIBRATION, DISTRIBUTION = "calibration", "score_distribution"
CHECKS = {
    CALIBRATION: "Probabilities came true in the newest window that opened after the training.",
    PERFORMANCE: "In that window it told leavers almost as well as when held out.",
    DRIFT: "Customers are like those of the training day (population stability index).",
    DISTRIBUTION: "Scores tell customers from each other, and their mean is near the usual rate.",
}
_MOST_CALIBRATION_ERROR = 0.05
_MOST_AUC_LOST = 0.05
_MOST_OFF = 0.25


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
    if len(rows) < LEAST_ROWS or rows["churned"].nunique() < 2:  # noqa: PLR2004 - both outcomes
        return None
    probability = model.predict_proba(churn_features(rows), rows["cutoff"])[:, 1]
    return Realised(
        rows["cutoff"].iloc[0].date(),
        rows["churned"].reset_index(drop=True),
        pd.Series(probability),
    )


def why_train(
    model: ChurnClassifier,
    metrics: Mapping[str, float | None],
    features: pd.DataFrame,
    as_of: date,
    *,
    window: Realised | None,
) -> str | None:
    """Say why a model should be trained anew, if it should: it was wrong, or customers changed."""
    if window:
        told = window.figures()
        if told["calibration_error"] > _MOST_CALIBRATION_ERROR:
            error = told["calibration_error"]
            return f"probabilities of {window.cutoff} were off by {error:.1%} on average"
        if _ranks_worse(window, metrics):
            return (
                f"of the customers of {window.cutoff} it told leavers with an AUC of "
                f"{told['auc']:.3f}, when held out {metrics['auc']:.3f}"
            )
    return why_drifted(_drift(model, features, as_of))


def findings(
    model: ChurnClassifier,
    metrics: Mapping[str, float | None],
    features: pd.DataFrame,
    as_of: date,
    *,
    window: Realised | None,
    scores: "pd.Series[float]",
) -> list[Finding]:
    """Return what the checks find: before a window has closed since, calibration at training."""
    told: dict[str, Any] = {"window": "held out", "calibration_error": metrics.get("ece")}
    if window:
        told = {"window": f"90 days from {window.cutoff}", **window.figures()}
    error = told["calibration_error"]
    off = abs(float(scores.mean()) - model.base_rate_)
    return [
        Finding(CALIBRATION, error is None or error <= _MOST_CALIBRATION_ERROR, told),
        Finding(
            PERFORMANCE,
            window is None or not _ranks_worse(window, metrics),
            {"auc": told.get("auc"), "auc when held out": metrics.get("auc")},
        ),
        drift_finding(_drift(model, features, as_of)),
        Finding(
            DISTRIBUTION,
            bool(scores.nunique() > 1 and off <= _MOST_OFF),
            {"mean probability": float(scores.mean()), "rate at training": model.base_rate_},
        ),
    ]


def _ranks_worse(window: Realised, metrics: Mapping[str, float | None]) -> bool:
    """Whether leavers are told worse than when held out, by more than few customers can explain."""
    before, now = metrics.get("auc"), window.figures()["auc"]
    if before is None:
        return False
    rarer = min(window.churned.sum(), (1 - window.churned).sum())
    noise = 2 * (before * (1 - before) / rarer) ** 0.5
    return bool(before - now > max(_MOST_AUC_LOST, noise))


def _learned_until(model: ChurnClassifier) -> pd.Timestamp:
    return pd.Timestamp(str(model.closes_))


def _drift(model: ChurnClassifier, features: pd.DataFrame, as_of: date) -> dict[str, float]:
    """Return how far features and score have moved since the last cutoff that was learned from."""
    rows = at_risk(features, as_of)
    learned = rows["cutoff"][rows["cutoff"] < _learned_until(model)].max()
    then = churn_features(rows[rows["cutoff"] == learned])
    now = churn_features(rows[rows["cutoff"] == pd.Timestamp(as_of)])
    scored = [x.assign(score=model.decision_function(x)) if len(x) else x for x in (then, now)]
    return drift(*scored)
