"""How a model of sentiment fares after its training: on tickets rated since, and by drift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ml.evaluation.classification import log_loss, roc_auc
from ml.sentiment import TicketSentiment
from ml.sentiment.labels import label_of, text_of
from orchestration.scoring.outcome import Finding
from orchestration.scoring.watching import (
    DRIFT,
    LEAST_ROWS,
    PERFORMANCE,
    drift,
    drift_finding,
    why_drifted,
)

CHECKS = {
    PERFORMANCE: "Of tickets rated since the training, unhappy ones were told from the others.",
    DRIFT: "Tickets since the training sound like those of the year before (stability index).",
}
_LEAST_AUC = 0.6
_LEAST_OF_EACH = 20


@dataclass(frozen=True)
class Since:
    """Tickets since a model's training.

    Attributes
    ----------
    figures : how well unhappy tickets were told, by their own ratings; empty while few are rated
    moved : population stability index of scores, against the year before the training
    """

    figures: Mapping[str, float]
    moved: Mapping[str, float]

    @property
    def is_off(self) -> bool:
        """Whether unhappy tickets were told hardly better than by chance."""
        return bool(self.figures) and self.figures["auc"] < _LEAST_AUC


def since_training(model: TicketSentiment, tickets: pd.DataFrame, trained_as_of: date) -> Since:
    """Hold a model against tickets that it was not trained on.

    Parameters
    ----------
    tickets
        Opened since a year before the training.
    """
    is_fresh = pd.to_datetime(tickets["opened_date"]) > pd.Timestamp(trained_as_of)
    before, fresh = tickets[~is_fresh], tickets[is_fresh]
    if len(fresh) < LEAST_ROWS:
        return Since({}, {})
    then, now = (
        pd.DataFrame({"score": model.predict(told)["sentiment_score"]}) for told in (before, fresh)
    )
    return Since(_figures(model, fresh), drift(then, now))


def why_train(since: Since) -> str | None:
    """Say why a model should be trained anew, if it should."""
    if since.is_off:
        auc = since.figures["auc"]
        return f"unhappy tickets since its training were told with an AUC of {auc:.2f}"
    return why_drifted(since.moved)


def findings(since: Since) -> list[Finding]:
    """Return what the checks find."""
    return [Finding(PERFORMANCE, not since.is_off, since.figures), drift_finding(since.moved)]


def _figures(model: TicketSentiment, fresh: pd.DataFrame) -> dict[str, float]:
    rated = fresh[~pd.isna(label_of(fresh)) & (text_of(fresh) != "")]
    unhappy = label_of(rated) == "negative"
    if len(rated) < LEAST_ROWS or min(unhappy.sum(), (~unhappy).sum()) < _LEAST_OF_EACH:
        return {}
    probability = model.predict_proba(rated)[:, 0]
    return {
        "tickets": len(rated),
        "auc": roc_auc(unhappy, probability),
        "log_loss": log_loss(unhappy, probability),
    }
