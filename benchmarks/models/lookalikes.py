"""Look-alikes where the truth is known: generated companies, and churners of whom half are hidden.

The telephone company's churners are no best customers; they stand in for them because it is known
who was hidden, with traits of both kinds.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ml.arrays import Flags, Floats
from ml.evaluation.classification import roc_auc
from ml.lookalikes import BestCustomerLikeness
from ml.lookalikes.companies import TRAITS, describe_companies
from ml.lookalikes.traits import TraitEncoder, numbers
from orchestration.sample.companies import draw_companies

Traits = dict[str, tuple[str, ...]]
Ranking = Callable[[Traits, pd.DataFrame, Flags], Floats]

_ROUNDS = 5
_SIZES = (100, 400, 2000)
_CEILING_COMPANIES = 20_000
_BEST_SHARE = 0.2


def evaluate(data: Path) -> pd.DataFrame:
    """Rank companies of whom it is hidden that they are good, by several methods.

    Returns
    -------
    one row per data set and method, means over five draws: AUC of good against other unlabelled
    companies, and the share of the good ones in the first tenth (at most 0.5 where a fifth is good)
    """
    rows = []
    ceiling = _learn_ceiling()
    for size in _SIZES:
        rows += _generated(size, ceiling)
    return pd.DataFrame(rows + _telephone(data / "data" / "telco_churn.csv"))


def _generated(size: int, ceiling: Callable[[pd.DataFrame], Floats]) -> list[dict[str, object]]:
    """Rank as many prospects as there are customers, of whom the best by margin are known."""
    figures: dict[str, list[tuple[float, float]]] = {}
    for seed in range(_ROUNDS):
        rng = np.random.default_rng(seed)
        score = rng.normal(size=2 * size)
        companies = describe_companies(draw_companies(rng, score).assign(country="US"))
        margin = score + rng.normal(0, 0.7, 2 * size)
        is_customer = np.arange(2 * size) < size
        best = is_customer & (margin >= np.quantile(margin[:size], 1 - _BEST_SHARE))
        good = score >= np.quantile(score[size:], 1 - _BEST_SHARE)
        for method, rank in _methods().items():
            ranking = rank(TRAITS, companies, best)[size:]
            figures.setdefault(method, []).append(_figures(good[size:], ranking))
        known = _figures(good[size:], ceiling(companies[size:]))
        figures.setdefault("trees that know the value of 20,000", []).append(known)
    return _rows(f"{size} generated customers", figures)


def _telephone(path: Path) -> list[dict[str, object]]:
    customers = pd.read_csv(path).drop(columns="customerID")
    customers["TotalCharges"] = pd.to_numeric(customers["TotalCharges"], errors="coerce")
    churned = customers.pop("Churn").eq("Yes").to_numpy()
    traits: Traits = {str(name): (str(name),) for name in customers}
    figures: dict[str, list[tuple[float, float]]] = {}
    for seed in range(_ROUNDS):
        known = churned & (np.random.default_rng(seed).random(len(churned)) < 1 / 2)
        for method, rank in _methods().items():
            ranking = rank(traits, customers, known)
            figures.setdefault(method, []).append(_figures(churned[~known], ranking[~known]))
    return _rows("telephone customers, half of the churners hidden", figures)


def _methods() -> dict[str, Ranking]:
    return {
        "largest first": _largest,
        "nearest to the mean of the best": _nearest,
        "naive Bayes": _naive_bayes,
        "positive-unlabelled logistic": _likeness,
    }


def _likeness(traits: Traits, companies: pd.DataFrame, best: Flags) -> Floats:
    return BestCustomerLikeness(traits).fit(companies, best).decision_function(companies)


def _nearest(traits: Traits, companies: pd.DataFrame, best: Flags) -> Floats:
    points = TraitEncoder(traits).fit_transform(companies)
    distances: Floats = np.linalg.norm(points - points[best].mean(axis=0), axis=1)
    return -distances


def _naive_bayes(traits: Traits, companies: pd.DataFrame, best: Flags) -> Floats:
    from sklearn.naive_bayes import BernoulliNB  # noqa: PLC0415 - slow to import

    has_trait = TraitEncoder(traits).fit_transform(companies) > 0
    proba: Floats = BernoulliNB().fit(has_trait, best).predict_log_proba(has_trait)
    return proba[:, 1] - proba[:, 0]


def _largest(traits: Traits, companies: pd.DataFrame, best: Flags) -> Floats:
    figure = next(
        column
        for columns in traits.values()
        for column in columns
        if companies[column].dtype.kind in "fi"
    )
    return numbers(companies[figure], 0.0)


def _learn_ceiling() -> Callable[[pd.DataFrame], Floats]:
    """Return what ranks by the true value of companies, as far as their traits tell it."""
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - slow to import

    rng = np.random.default_rng(_ROUNDS)
    score = rng.normal(size=_CEILING_COMPANIES)
    told = describe_companies(draw_companies(rng, score).assign(country="US"))
    encoder = TraitEncoder(TRAITS).fit(told)
    model = HistGradientBoostingRegressor(random_state=0).fit(encoder.transform(told), score)

    def rank(companies: pd.DataFrame) -> Floats:
        predicted: Floats = model.predict(encoder.transform(companies))
        return predicted

    return rank


def _figures(good: Flags, ranking: Floats) -> tuple[float, float]:
    first = np.argsort(-ranking, kind="stable")[: len(ranking) // 10]
    return roc_auc(good, ranking), float(good[first].sum() / good.sum())


def _rows(data: str, figures: dict[str, list[tuple[float, float]]]) -> list[dict[str, object]]:
    means = {method: np.mean(rounds, axis=0) for method, rounds in figures.items()}
    return [
        {"data": data, "method": method, "auc": mean[0], "recall_at_10": mean[1]}
        for method, mean in means.items()
    ]
