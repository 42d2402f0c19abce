"""What models are watched for after their training: how far things have moved since."""

from collections.abc import Mapping

import pandas as pd

from ml.evaluation.drift import population_stability_index
from orchestration.scoring.outcome import Finding

DRIFT, PERFORMANCE = "drift", "performance"
LEAST_ROWS = 100
_MOST_DRIFT = 0.25
_SHOWN = 3


def drift(then: pd.DataFrame, now: pd.DataFrame) -> dict[str, float]:
    """Return the population stability index of each number; none where rows are too few to tell.

    Parameters
    ----------
    then, now : the same columns, as a model learned from them and as they are; ``score`` is what it
        says, which alone decides
    """
    if min(len(then), len(now)) < LEAST_ROWS:
        return {}
    return {
        str(name): population_stability_index(then[name], now[name])
        for name in then.select_dtypes("number").columns
    }


def why_drifted(moved: Mapping[str, float]) -> str | None:
    """Say that scores have moved, if they have."""
    score = moved.get("score", 0.0)
    if score > _MOST_DRIFT:
        return f"scores have moved (population stability index {score:.2f})"
    return None


def drift_finding(moved: Mapping[str, float]) -> Finding:
    """Return whether scores are distributed as at training, and what has moved most."""
    largest = sorted(moved.items(), key=lambda item: -item[1])[:_SHOWN]
    figures = {"score": moved.get("score"), **dict(largest)}
    return Finding(DRIFT, why_drifted(moved) is None, figures)
