"""Figures of merit for probabilities."""

import numpy as np
import pytest

from ml.evaluation import classification


def test_log_loss_and_brier_by_hand():
    event, probability = [1, 0], [0.8, 0.4]
    assert classification.log_loss(event, probability) == pytest.approx(
        -(np.log(0.8) + np.log(0.6)) / 2
    )
    assert classification.brier(event, probability) == pytest.approx((0.04 + 0.16) / 2)


def test_a_certain_miss_costs_much_and_not_infinitely():
    assert np.isfinite(classification.log_loss([1], [0.0]))


def test_calibration_error_is_the_mean_distance_over_bins_of_equal_size():
    event = [0, 0, 1, 1]
    probability = [0.1, 0.3, 0.6, 0.8]
    assert classification.expected_calibration_error(event, probability, bins=2) == pytest.approx(
        (0.2 + 0.3) / 2
    )


def test_a_calibrated_forecast_errs_by_chance_alone():
    rng = np.random.default_rng(0)
    p = rng.random(100_000)
    assert (
        classification.expected_calibration_error((rng.random(100_000) < p).astype(float), p) < 0.01
    )


def test_lift_counts_the_border_in_proportion():
    event = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert classification.lift(event, [0.9, *[0.1] * 9]) == pytest.approx(5.0)
    assert classification.lift(event, [0.5] * 10) == pytest.approx(1.0)


@pytest.mark.parametrize("metric", [classification.roc_auc, classification.average_precision])
def test_without_both_outcomes_nothing_can_be_ranked(metric):
    assert np.isnan(metric([0, 0], [0.1, 0.2]))


def test_forecasts_of_another_length_are_refused():
    with pytest.raises(ValueError, match="actual has shape"):
        classification.log_loss([1, 0], [0.5])
