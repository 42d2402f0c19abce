"""The model card and the table of results in it."""

import numpy as np
import pandas as pd
import pytest

from ml.evaluation.classification import brier, roc_auc
from ml.registry import Card, Registry, compare_candidates
from tests.ml.registry.conftest import train


def _results(n: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    p = rng.random(n)
    event = rng.random(n) < p
    return compare_candidates(
        event,
        {"model": p, "base rate": np.full(n, 0.5)},
        {"auc": roc_auc, "brier": brier} if n == 2000 else {"brier": brier},
    )


def test_each_candidate_has_each_figure_with_an_interval_around_it():
    results = _results().set_index(["candidate", "metric"])
    assert results.loc[("model", "auc"), "value"] == pytest.approx(5 / 6, abs=0.02)
    assert results.loc[("base rate", "auc"), ["value", "low", "high"]].tolist() == [0.5, 0.5, 0.5]
    assert (results["low"] <= results["value"]).all()
    assert (results["value"] <= results["high"]).all()


def test_intervals_of_many_rows_shrink_with_all_of_them():
    narrow, wide = (
        one.set_index(["candidate", "metric"]).loc[("model", "brier")]
        for one in (_results(80_000), _results(20_000))
    )
    ratio = (narrow["high"] - narrow["low"]) / (wide["high"] - wide["low"])
    assert ratio == pytest.approx(1 / 2, rel=0.15)


def test_the_card_tells_what_a_sceptic_asks(registry: Registry):
    card = Card(
        purpose="Chance that a customer does not buy in the next 90 days.",
        samples={"training": 1000, "held out": 200},
        exclusions={"no purchase | ever": 17},
        held_out="Outcomes of 2024-01-01 to 2024-03-31.",
        results=_results(),
        tables={"Drift at training": pd.DataFrame({"feature": ["recency"], "psi": [0.0312]})},
        plots={"Calibration": b"\x89PNG"},
        limits=("Knows nothing of prices.",),
    )
    version = registry.add("club", "churn", train(card=card))
    text = registry.read_file("club", "churn", version, "card.md").decode()
    for wanted in (
        "# churn of club: logistic",
        "| 2024-03-31 | 2023-01-01 | 2024-03-31 |",
        "| held out | 200 |",
        "| no purchase \\| ever | 17 |",
        "| model | 0.8",
        "| recency | 0.0312 |",
        "![Calibration](calibration.png)",
        "- Knows nothing of prices.",
        "| scikit-learn |",
    ):
        assert wanted in text
    assert registry.read_file("club", "churn", version, "calibration.png") == b"\x89PNG"
    written = registry.read_file("club", "churn", version, "drift_at_training.csv")
    assert written == b"feature,psi\nrecency,0.0312\n"
