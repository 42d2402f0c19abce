"""How forecasts of lifetime value fare after the training: by what has come since, and by drift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ml.clv import CustomerLifetimeValue
from ml.evaluation.regression import bias_percent, normalized_gini, rmse
from orchestration.scoring.frames import KEY
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
    PERFORMANCE: "What customers have brought since the training is near what was expected.",
    DRIFT: "Expected values are distributed as on the training day (population stability index).",
}
_LEAST_DAYS = 14
_MOST_BIAS_PERCENT = 25
_WEEK = 7


@dataclass(frozen=True)
class Since:
    """What a model expected on its training day, and what has come by now.

    Attributes
    ----------
    figures : days that have passed, and how good the forecast of them was; empty before enough have
    is_off : whether the total is off by more than 25 % and more than chance explains
    moved : population stability index of the values expected of a year, then and now
    """

    figures: Mapping[str, float]
    is_off: bool
    moved: Mapping[str, float]


def since_training(
    model: CustomerLifetimeValue, days: pd.DataFrame, trained_as_of: date, as_of: date
) -> Since:
    """Hold a model against the days since it was trained.

    Parameters
    ----------
    days
        As it was trained on, until ``as_of``.
    """
    passed = (as_of - trained_as_of).days
    if passed < _LEAST_DAYS:
        return Since({}, is_off=False, moved={})
    then, now = (
        pd.DataFrame({"score": model.expect(days, day)["expected_value"]})
        for day in (trained_as_of, as_of)
    )
    told = model.expect(days, trained_as_of, passed / _WEEK)
    later = days[pd.to_datetime(days["transaction_date"]) > pd.Timestamp(trained_as_of)]
    came = told[KEY].merge(later.groupby(KEY, as_index=False)[model.value].sum(), how="left")
    actual, expected = came[model.value].fillna(0.0), told["expected_value"]
    if len(told) < LEAST_ROWS or actual.sum() <= 0:
        return Since({}, is_off=False, moved=drift(then, now))
    figures = {
        "days": passed,
        "bias_percent": bias_percent(actual, expected),
        "gini": normalized_gini(actual, expected),
        "rmse": rmse(actual, expected),
    }
    error = expected - actual
    is_beyond_chance = abs(error.sum()) > 2 * np.sqrt(len(error)) * error.std()
    is_off = abs(figures["bias_percent"]) > _MOST_BIAS_PERCENT and is_beyond_chance
    return Since(figures, is_off=bool(is_off), moved=drift(then, now))


def why_train(since: Since) -> str | None:
    """Say why a model should be trained anew, if it should."""
    if since.is_off:
        return (
            f"forecasts of the {since.figures['days']} days since its training were off by "
            f"{since.figures['bias_percent']:+.0f} %"
        )
    return why_drifted(since.moved)


def findings(since: Since) -> list[Finding]:
    """Return what the checks find."""
    return [Finding(PERFORMANCE, not since.is_off, since.figures), drift_finding(since.moved)]
