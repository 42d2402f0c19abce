"""Slopes and intercept of calibration."""

import numpy as np
import pytest

from ml.churn.calibration import Stacking


def _outcomes(log_odds: np.ndarray) -> np.ndarray:
    chance = 1 / (1 + np.exp(-log_odds))
    return (np.random.default_rng(1).random(len(log_odds)) < chance).astype(float)


SCORES = np.random.default_rng(0).normal(0, 2, 20000)


def test_a_known_distortion_is_undone():
    fitted = Stacking().fit(SCORES[:, None], _outcomes(0.5 * SCORES - 1))
    assert (fitted.slopes_[0], fitted.intercept_) == pytest.approx((0.5, -1.0), abs=0.06)


@pytest.mark.parametrize("scores", [-SCORES, np.zeros_like(SCORES)])
def test_scores_that_rank_wrongly_or_not_at_all_leave_the_base_rate(scores):
    y = _outcomes(SCORES - 1)
    chance = 1 / (1 + np.exp(-Stacking().fit(scores[:, None], y).transform(scores[:, None])))
    assert chance == pytest.approx(np.full(len(y), y.mean()), abs=1e-3)


def test_outcomes_that_are_all_alike_are_never_certain():
    fitted = Stacking().fit(SCORES[:50, None], np.zeros(50))
    assert 0 < 1 / (1 + np.exp(-fitted.transform(SCORES[:, None])).max()) < 0.05


def test_a_model_that_knows_more_weighs_more_and_noise_next_to_nothing():
    noise = np.random.default_rng(2).normal(0, 2, len(SCORES))
    fitted = Stacking().fit(np.column_stack([SCORES, noise, -SCORES]), _outcomes(SCORES))
    assert fitted.slopes_[0] > 0.7
    assert fitted.slopes_[1] < 0.1
    assert fitted.slopes_[2] == 0


def test_models_that_say_the_same_share_the_weight():
    fitted = Stacking().fit(np.column_stack([SCORES, SCORES]), _outcomes(SCORES))
    assert fitted.slopes_ == pytest.approx([0.5, 0.5], abs=0.05)
