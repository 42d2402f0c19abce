"""Which models compete, and what stands in for them where data are few."""

from typing import Any, Self

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.churn import process
from ml.churn.additive import AdditiveModel, log_odds_of
from ml.churn.boosting import AdditiveBoosting
from ml.churn.logistic import AdditiveLogistic

FEWEST_CUSTOMERS, FEWEST_PER_OUTCOME = 200, 20
_FEWEST_FOR_RULE, _FEWEST_PER_OUTCOME_FOR_RULE = 30, 5
# A smaller lead does not last: of 23 models that led a mean by up to 3 % in one window of a shop or
# club, 5 led in the next.
_CLEAR_LEAD = 0.05
_COMBINATION = "combination"
_RULE = ["recency_days", "recency_over_pace"]


class BaseRate(AdditiveModel):
    """The same probability for everyone: the outcome's share, which is never 0 or 1."""

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn the share from outcomes (n,), which may all be alike."""
        self.intercept_ = log_odds_of(np.asarray(y, dtype=np.float64))
        self.classes_ = np.array([0, 1])
        return self

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return a frame without columns: nothing moves the score."""
        return pd.DataFrame(index=X.index)


Entrant = tuple[AdditiveModel, ...]
"""The models whose log-odds a candidate is made from."""


def candidates(X: pd.DataFrame, horizon_days: int, random_state: int) -> dict[str, Entrant]:
    """Return the candidates that X has the columns for, simple ones first.

    The combination is of all but the recency rule: regression and trees know what else customers
    do, the purchase process how pace, rest and time as customer belong together.
    """
    members: dict[str, AdditiveModel] = {}
    if _has(X, process.COLUMNS):
        members["purchase_process"] = process.QuietProcess(horizon_days)
    members["logistic_regression"] = AdditiveLogistic()
    members["additive_boosting"] = AdditiveBoosting(random_state=random_state)
    rule = {"recency_rule": (_recency_rule(),)} if _has(X, _RULE) else {}
    alone = {name: (model,) for name, model in members.items()}
    return rule | alone | {_COMBINATION: tuple(members.values())}


def choose(losses: dict[str, float]) -> str:
    """Return the combination, unless another candidate's log-loss is lower by more than 5 %.

    Which of the others leads changes from window to window. Without a combination the lowest wins.

    Parameters
    ----------
    losses : log-loss in the contest by candidate
    """
    best = min(losses, key=losses.__getitem__)
    if _COMBINATION in losses and losses[best] >= (1 - _CLEAR_LEAD) * losses[_COMBINATION]:
        return _COMBINATION
    return best


def fallback(X: pd.DataFrame, y: Floats, customers: int) -> dict[str, Entrant]:
    """Return the one candidate for data too few for a contest; empty where they are enough."""
    rarer = min(y.sum(), len(y) - y.sum())
    if customers >= FEWEST_CUSTOMERS and rarer >= FEWEST_PER_OUTCOME:
        return {}
    enough = customers >= _FEWEST_FOR_RULE and rarer >= _FEWEST_PER_OUTCOME_FOR_RULE
    if enough and _has(X, _RULE):
        return {"recency_rule": (_recency_rule(),)}
    return {"base_rate": (BaseRate(),)}


def _recency_rule() -> AdditiveLogistic:
    """Days since the last purchase, and those in the customer's own mean gaps."""
    return AdditiveLogistic(C=0.1, bends=1, columns=list(_RULE))


def _has(X: pd.DataFrame, names: list[str]) -> bool:
    return all(name in X for name in names)
