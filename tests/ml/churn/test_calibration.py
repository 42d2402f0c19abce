"""Two parameters of calibration."""

import numpy as np
import pytest

from ml.churn.calibration import PlattScaling


def _outcomes(log_odds: np.ndarray) -> np.ndarray:
    chance = 1 / (1 + np.exp(-log_odds))
    return (np.random.default_rng(1).random(len(log_odds)) < chance).astype(float)


SCORES = np.random.default_rng(0).normal(0, 2, 20000)


def test_a_known_distortion_is_undone():
    fitted = PlattScaling().fit(SCORES, _outcomes(0.5 * SCORES - 1))
    assert (fitted.slope_, fitted.intercept_) == pytest.approx((0.5, -1.0), abs=0.06)


@pytest.mark.parametrize("scores", [-SCORES, np.zeros_like(SCORES)])
def test_scores_that_rank_wrongly_or_not_at_all_leave_the_base_rate(scores):
    y = _outcomes(SCORES - 1)
    chance = 1 / (1 + np.exp(-PlattScaling().fit(scores, y).transform(scores)))
    assert chance == pytest.approx(np.full(len(y), y.mean()), abs=1e-3)


def test_outcomes_that_are_all_alike_are_never_certain():
    fitted = PlattScaling().fit(SCORES[:50], np.zeros(50))
    assert 0 < 1 / (1 + np.exp(-fitted.transform(SCORES)).max()) < 0.05
