"""The population stability index."""

import numpy as np
import pytest

from ml.evaluation.drift import population_stability_index, stability_index


def test_the_same_distribution_is_stable():
    rng = np.random.default_rng(0)
    assert population_stability_index(rng.normal(size=5000), rng.normal(size=5000)) < 0.02


def test_by_hand_for_two_bins():
    reference, current = [1.0, 1.0, 2.0, 2.0], [1.0, 2.0, 2.0, 2.0]
    expected = (0.25 - 0.5) * np.log(0.5) + (0.75 - 0.5) * np.log(1.5)
    assert population_stability_index(reference, current, bins=2) == pytest.approx(
        expected, abs=0.01
    )


def test_values_that_go_missing_are_drift():
    reference = np.arange(100.0)
    assert population_stability_index(reference, np.where(reference < 50, np.nan, reference)) > 0.25


def test_nothing_cannot_be_compared():
    with pytest.raises(ValueError, match="must both hold values"):
        population_stability_index([], [1.0])


def test_shares_of_classes_by_hand():
    expected = (0.2 - 0.6) * np.log(0.2 / 0.6) + (0.8 - 0.4) * np.log(0.8 / 0.4)
    assert stability_index([0.6, 0.4], [0.2, 0.8]) == pytest.approx(expected)
    assert np.isfinite(stability_index([1.0, 0.0], [0.0, 1.0]))
