"""Features that know the outcome."""

import numpy as np
import pandas as pd
import pytest

from ml.churn.leaks import leaking_features


@pytest.fixture
def honest() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    recency, spend = rng.gamma(2, 30, 800), rng.gamma(2, 50, 800)
    y = (rng.random(800) < 1 / (1 + np.exp(2 - recency / 40))).astype(float)
    return pd.DataFrame({"recency_days": recency, "spend": spend}), y


def test_honest_features_are_let_through(honest):
    assert leaking_features(*honest) == []


@pytest.mark.parametrize("kind", ["number", "missing", "category"])
def test_a_planted_leak_is_found_with_its_copy(honest, kind):
    seen, y = honest
    noise = np.random.default_rng(1).normal(0, 0.1, len(y))
    leak = {
        "number": pd.Series(noise - y),
        "missing": pd.Series(noise).where(y == 0),
        "category": pd.Series(np.where(y == 1, "gone", "here")),
    }[kind]
    assert leaking_features(seen.assign(leak=leak, copy=leak), y) == ["copy", "leak"]


def test_where_recency_tells_nearly_everything_others_as_good_are_no_leak():
    rng = np.random.default_rng(0)
    y = (rng.random(800) < 0.4).astype(float)
    recency = np.where(y == 1, 200, 5) + rng.normal(0, 60, 800)
    seen = pd.DataFrame({"recency_days": recency, "visits": -recency + rng.normal(0, 5, 800)})
    assert leaking_features(seen, y) == []


def test_few_events_prove_nothing():
    seen = pd.DataFrame({"chance": np.arange(100.0)})
    assert leaking_features(seen, (np.arange(100) > 90).astype(float)) == []
