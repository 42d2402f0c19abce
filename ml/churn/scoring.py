"""From an organization's tables to a churn model, and from a model to scored customers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml.churn.actions import recommended_actions, risk_bands, valuable
from ml.churn.classifier import ChurnClassifier
from ml.churn.drawing import draw_customers
from ml.churn.features import churn_features, factors
from ml.churn.labels import KEYS, at_risk, label_churn

NOT_ENOUGH_HISTORY = "not_enough_history"
_SHOWN = 3
_MOST_ROWS = 60_000
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class ChurnTraining:
    """A trained model and what to keep of its making.

    ``model`` is None where no label's window has closed yet. ``metrics`` are the champion's in the
    contest, ``comparison`` has them for every candidate (one row each), ``holdout`` the judged
    rows: customer, cutoff, churned and each candidate's probability in a column of its name.
    """

    model: ChurnClassifier | None
    metrics: dict[str, float]
    parameters: dict[str, Any]
    comparison: pd.DataFrame
    holdout: pd.DataFrame


def train_churn(
    features: pd.DataFrame,
    transactions: pd.DataFrame,
    *,
    as_of: date,
    horizon_days: int = 90,
    random_state: int = 0,
) -> ChurnTraining:
    """Train on every window that has closed by ``as_of``.

    Parameters
    ----------
    features : rows of ``customer_features`` of one organization at any cutoffs until ``as_of``
    transactions : customer_type, customer_id, transaction_date, and if there are
        is_cancelled and is_refund

    Raises
    ------
    ValueError
        If a column is missing, features speak of a later day or of several organizations, or a
        feature knows the outcome.
    """
    drawn = _drawn(features, as_of, horizon_days, random_state)
    labelled = label_churn(drawn, transactions, as_of, horizon_days)
    labelled = labelled[labelled["churned"].notna()].reset_index(drop=True)
    base: dict[str, Any] = {
        "horizon_days": horizon_days,
        "random_state": random_state,
        "trained_as_of": pd.Timestamp(as_of).date().isoformat(),
        "rows": len(labelled),
    }
    if labelled.empty:
        parameters = base | {"model_name": NOT_ENOUGH_HISTORY}
        return ChurnTraining(None, {}, parameters, pd.DataFrame(), pd.DataFrame())
    model = ChurnClassifier(horizon_days=horizon_days, random_state=random_state).fit(
        churn_features(labelled),
        labelled["churned"],
        labelled["cutoff"],
        labelled["closes"],
        _names(labelled),
    )
    parameters = base | {
        "model_name": model.model_name_,
        "contest": model.contest_,
        "first_cutoff": labelled["cutoff"].min().date().isoformat(),
        "last_cutoff": labelled["cutoff"].max().date().isoformat(),
        "labels_close": labelled["closes"].max().date().isoformat(),
        "customers": model.n_customers_,
        "base_rate": model.base_rate_,
        "calibration_slopes": model.calibration_.slopes_.tolist(),
        "calibration_intercept": model.calibration_.intercept_,
    }
    holdout = labelled.loc[model.test_rows_, [*KEYS, "cutoff", "churned"]].reset_index(drop=True)
    return ChurnTraining(
        model,
        model.comparison_.get(model.model_name_, {}),
        parameters,
        pd.DataFrame.from_dict(model.comparison_, orient="index").rename_axis("candidate"),
        holdout.assign(**model.test_probability_),
    )


def score_churn(
    model: ChurnClassifier | None,
    features: pd.DataFrame,
    *,
    as_of: date,
    value: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Score the customers who could leave at ``as_of``.

    Parameters
    ----------
    model : of ``train_churn``; None gives rows without a probability
    features : rows of ``customer_features``; those whose cutoff is ``as_of`` are scored
    value : customer_type, customer_id and ``value`` (what the customer is expected to bring)

    Returns
    -------
    one row per customer: churn_probability, risk_band, retention_score (0 to 100, high is safe),
    factor_1..3 (by size, first the largest) and factor_1..3_contribution (log-odds, positive
    raises the risk), other_contributions and base_log_odds (their sum is the log-odds of
    churn_probability), expected_loss (probability x value; nan where the value is not known),
    recommended_action, model_name, scored_as_of

    Raises
    ------
    ValueError
        If the model has seen labels of windows that close after ``as_of``, or features speak of a
        later day.
    """
    rows = at_risk(features, as_of)
    rows = rows[rows["cutoff"] == pd.Timestamp(as_of)].reset_index(drop=True)
    scored = rows[KEYS].copy()
    if model is None:
        contributions, base = pd.DataFrame(index=rows.index), np.nan
        scored["churn_probability"] = np.nan
    else:
        seen = churn_features(rows)
        cutoff = rows["cutoff"] if len(rows) else None
        scored["churn_probability"] = model.predict_proba(seen, cutoff)[:, 1]
        contributions = factors(model.contributions(seen))
        base = model.intercept_ + float(model.season([as_of])[0])
    scored["risk_band"] = risk_bands(scored["churn_probability"])
    scored["retention_score"] = (100 * (1 - scored["churn_probability"])).round(1)
    scored = scored.join(_largest(contributions)).assign(base_log_odds=base)
    worth = _value_of(scored, value)
    scored["expected_loss"] = (scored["churn_probability"] * worth.clip(lower=0)).round(2)
    scored["recommended_action"] = recommended_actions(
        scored["risk_band"], valuable(worth), _leading(contributions)
    )
    scored["model_name"] = NOT_ENOUGH_HISTORY if model is None else model.model_name_
    scored["scored_as_of"] = as_of
    return scored


def _drawn(
    features: pd.DataFrame, as_of: date, horizon_days: int, random_state: int
) -> pd.DataFrame:
    """Return all rows of customers drawn at random: closed windows of more teach nothing more."""
    opened = pd.to_datetime(features["cutoff"])
    closed = (opened + pd.Timedelta(days=horizon_days) <= pd.Timestamp(as_of)).to_numpy()
    customers = _names(features)
    return features[draw_customers(customers, _MOST_ROWS, random_state, counted=closed)]


def _names(rows: pd.DataFrame) -> "pd.Series[str]":
    customer_type, customer_id = (rows[key].astype("str") for key in KEYS)
    return customer_type + _SEPARATOR + customer_id


def _largest(contributions: pd.DataFrame) -> pd.DataFrame:
    """Return each row's three largest contributions by size, and the sum of the others."""
    values = contributions.to_numpy(dtype=np.float64)
    order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :_SHOWN]
    largest = np.take_along_axis(values, order, axis=1)
    names = contributions.columns.to_numpy(dtype=object)
    table: dict[str, Any] = {}
    for place in range(_SHOWN):
        there = place < order.shape[1]
        table[f"factor_{place + 1}"] = names[order[:, place]] if there else None
        table[f"factor_{place + 1}_contribution"] = largest[:, place] if there else np.nan
    table["other_contributions"] = values.sum(axis=1) - largest.sum(axis=1)
    return pd.DataFrame(table, index=contributions.index)


def _leading(contributions: pd.DataFrame) -> "pd.Series[str]":
    """Return the factor that raises each row's risk most; missing where none raises it."""
    if contributions.shape[1] == 0:
        return pd.Series(pd.NA, index=contributions.index, dtype="str")
    return contributions.idxmax(axis=1).astype("str").where(contributions.max(axis=1) > 0)


def _value_of(scored: pd.DataFrame, value: pd.DataFrame | None) -> "pd.Series[float]":
    if value is None:
        return pd.Series(np.nan, index=scored.index)
    known = value.assign(
        customer_type=value["customer_type"].astype("str"),
        customer_id=value["customer_id"].astype("str"),
        value=pd.to_numeric(value["value"]).astype(np.float64),
    )
    return scored[KEYS].merge(known[[*KEYS, "value"]], on=KEYS, how="left", validate="1:1")["value"]
