"""Comparing two models by a paired bootstrap."""

import numpy as np

from ml.evaluation.classification import brier
from ml.evaluation.comparison import bootstrap_interval, compare


def _forecasts(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.random(2000)
    return (rng.random(2000) < p).astype(float), p


def test_a_model_that_knows_more_is_better_by_more_than_noise():
    event, p = _forecasts()
    assert compare(brier, event, np.full_like(p, 0.5), p).is_lower()


def test_a_hair_is_noise():
    event, p = _forecasts()
    difference = compare(
        brier, event, p, np.clip(p + np.random.default_rng(1).normal(0, 0.01, 2000), 0, 1)
    )
    assert not difference.is_lower()
    assert not difference.is_higher()


def test_the_interval_holds_the_estimate_and_is_the_same_again():
    event, p = _forecasts()
    low, high = bootstrap_interval(brier, event, p)
    assert low < brier(event, p) < high
    assert (low, high) == bootstrap_interval(brier, event, p)
