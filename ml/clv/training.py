"""From an organization's days to a model of lifetime value, and from that to scored customers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ml.clv.model import CustomerLifetimeValue


@dataclass(frozen=True)
class ClvTraining:
    """A trained model and what to keep of its making.

    ``metrics`` are the champion's in the contest (with ``plain_coverage`` of its intervals before
    they were calibrated), ``comparison`` has them for every candidate, one row each. ``holdout``
    are the judged customers: customer_type, customer_id, purchases and value that came, and each
    candidate's expected value in a column of its name. All are empty where there was no contest.
    """

    model: CustomerLifetimeValue
    metrics: dict[str, float]
    parameters: dict[str, Any]
    comparison: pd.DataFrame
    holdout: pd.DataFrame


def train_clv(
    days: pd.DataFrame, *, as_of: date, value: str = "gross_margin", random_state: int = 0
) -> ClvTraining:
    """Train and choose among all candidates on what was known on ``as_of``.

    Raises
    ------
    ValueError
        If days lacks a column, repeats a customer's day, or nobody has bought anything yet.
    """
    model = CustomerLifetimeValue(value=value, random_state=random_state).fit(days, as_of)
    base = {
        "value": value,
        "random_state": random_state,
        "trained_as_of": as_of.isoformat(),
        "first_day": str(pd.to_datetime(days["transaction_date"]).min().date()),
        "customers": model.n_customers_,
        "model_name": model.champion_,
    }
    verdict = model.verdict_
    if verdict is None:
        return ClvTraining(model, {}, base | model.parameters_, pd.DataFrame(), pd.DataFrame())
    metrics = {
        str(name): float(verdict.comparison[name][verdict.champion]) for name in verdict.comparison
    }
    return ClvTraining(
        model,
        metrics | {"plain_coverage": verdict.plain_coverage},
        base | model.parameters_ | {"holdout_days": verdict.days},
        verdict.comparison,
        verdict.holdout,
    )


def score_clv(model: CustomerLifetimeValue, days: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Score everyone who bought until ``as_of``; see ``ml.clv`` for the columns."""
    scores = model.predict(days, as_of)
    return scores.assign(value_kind=model.value, model_name=model.champion_)
