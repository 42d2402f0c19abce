"""Targets: companies to win or win back, ranked, each with its reasons."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.lookalikes.companies import ATTRIBUTES, describe_companies, trait_values
from ml.lookalikes.matching import match_customers
from ml.lookalikes.model import LookalikeModel
from ml.lookalikes.reasons import reason_table, reason_texts
from ml.lookalikes.tiers import tiers

CUSTOMER_COLUMNS = (
    "customer_type",
    "customer_id",
    "customer_name",
    "domain",
    *ATTRIBUTES,
    "is_top_20",
    "is_lapsed",
    "total_gross_margin",
    "days_as_customer",
    "order_count",
)
"""Of star.dim_customer, marts.customer_metrics, and whether the customer is dormant."""

PROSPECT_COLUMNS = ("prospect_id", "company_name", "domain", *ATTRIBUTES)
"""Of staging.int_prospects."""

_PERSON = "member"
_HISTORY = ["order_count", "total_gross_margin", "days_as_customer"]


@dataclass(frozen=True)
class Lookalikes:
    """A fitted model and the targets that it ranks; see ``find_lookalikes``."""

    model: LookalikeModel
    targets: pd.DataFrame
    reasons: pd.DataFrame
    metrics: dict[str, float]
    parameters: dict[str, Any]


def find_lookalikes(
    customers: pd.DataFrame,
    prospects: pd.DataFrame,
    *,
    organization_id: str,
    model: LookalikeModel | None = None,
    random_state: int = 0,
) -> Lookalikes:
    """Rank prospects, and companies that lapsed, by how like the best customers they are.

    Parameters
    ----------
    customers : one row per customer with ``CUSTOMER_COLUMNS``, and email where known; members are
        persons, and no companies
    prospects : one row per prospect with ``PROSPECT_COLUMNS``
    organization_id : part of each target's id
    model : a model that was trained before: it scores as it stands, nothing is trained
    random_state : seed of all randomness

    Returns
    -------
    model : the fitted ``LookalikeModel``
    targets : one row per target: target_id, source (win_back or net_new), customer_type and
        customer_id or prospect_id, company_name, domain, ``ATTRIBUTES``, similarity_score (0 to
        100: s / (100 - s) is how many times as common such companies are among the best customers
        as on the market), expected_margin (of a year), opportunity_score (0 to 100: similarity x
        expected margin over the median of the best customers), tier (A: the largest expected
        margins that bring half of all, B: up to 80 %, C), reason_codes (up to three traits that
        raise the score most, as text), model_name, margin_model_name
    reasons : one row per target and trait: target_id, trait, trait_value, contribution, position
        (1 raises most); with trait ``baseline`` the contributions of a target add up to
        ln(s / (100 - s))
    metrics : n_best, n_market, n_targets, n_already_customers, and the models' figures on held-out
        companies
    parameters : of the model, and what the fit chose

    Raises
    ------
    ValueError
        If a column is missing, or a key comes twice.
    """
    _check("customers", customers, CUSTOMER_COLUMNS, ["customer_type", "customer_id"])
    _check("prospects", prospects, PROSPECT_COLUMNS, ["prospect_id"])
    companies = customers[customers["customer_type"] != _PERSON].sort_values(
        ["customer_type", "customer_id"], ignore_index=True
    )
    prospects = prospects.sort_values("prospect_id", ignore_index=True)
    is_new = match_customers(prospects, companies).isna()
    new = prospects[is_new].reset_index(drop=True)
    model = model or LookalikeModel(random_state=random_state).fit(companies, new)
    targets = _list_targets(companies, new, organization_id)
    targets, reasons = _score(model, targets)
    likeness, margin = model.likeness_, model.margin_
    best = int(companies["is_top_20"].to_numpy(dtype=bool, na_value=False).sum())
    metrics = {
        "n_best": best,
        "n_market": len(companies) + len(new) - best,
        "n_targets": len(targets),
        "n_already_customers": int((~is_new).sum()),
        **likeness.held_out_,
        "margin_deviance_explained": margin.deviance_explained_,
    }
    chosen = {"likeness_penalty": likeness.penalty_, "margin_penalty": margin.penalty_}
    return Lookalikes(model, targets, reasons, metrics, {**model.get_params(), **chosen})


def _check(name: str, frame: pd.DataFrame, columns: Iterable[str], key: list[str]) -> None:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise ValueError(f"{name} has no column {', '.join(missing)}")
    if frame.duplicated(key).any():
        raise ValueError(f"{name} has several rows with the same {', '.join(key)}")


def _list_targets(companies: pd.DataFrame, new: pd.DataFrame, organization_id: str) -> pd.DataFrame:
    """Return lapsed customers and new prospects, one below the other."""
    is_lapsed = companies["is_lapsed"].to_numpy(dtype=bool, na_value=False)
    described = ["customer_type", "customer_id", "customer_name", "domain", *ATTRIBUTES, *_HISTORY]
    lapsed = companies.loc[is_lapsed, described].rename(columns={"customer_name": "company_name"})
    lapsed = lapsed.assign(
        source="win_back",
        target_id=_hash(organization_id, lapsed["customer_type"], lapsed["customer_id"]),
    )
    unknown = new[list(PROSPECT_COLUMNS)].assign(
        source="net_new", target_id=_hash(organization_id, new["prospect_id"]), order_count=0
    )
    return pd.concat([lapsed, unknown], ignore_index=True)


def _hash(organization_id: str, *keys: pd.Series) -> list[str]:
    joined = pd.Series(organization_id, keys[0].index)
    for key in keys:
        joined = joined + "|" + key.astype("str")
    return [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in joined]


def _score(model: LookalikeModel, targets: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    likeness = model.likeness_
    described = describe_companies(targets)
    contributions = likeness.contributions(described)
    similarity = _percent(likeness.intercept_ + contributions.sum(axis=1))
    margin = model.expected_margin(targets)
    opportunity = similarity * margin / model.best_margin_ if model.best_margin_ > 0 else 0 * margin
    values = trait_values(targets)
    scored = targets.drop(columns=_HISTORY).assign(
        similarity_score=similarity,
        expected_margin=margin,
        opportunity_score=np.minimum(opportunity, 100.0),
        tier=tiers(margin),
        reason_codes=reason_texts(contributions, values),
        model_name=likeness.model_name_,
        margin_model_name=model.margin_.model_name_,
    )
    return scored, reason_table(targets["target_id"], contributions, values, likeness.intercept_)


def _percent(log_odds: Floats) -> Floats:
    from scipy.special import expit  # noqa: PLC0415 - slow to import

    percent: Floats = 100.0 * expit(log_odds)
    return percent
