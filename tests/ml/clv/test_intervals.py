"""Intervals of draws."""

import numpy as np
import pytest

from ml.clv import intervals


def _draws(nothing: float, customers: int = 4000, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    drawn = rng.gamma(2.0, 10.0, (customers, intervals.DRAWS))
    return np.sort(np.where(rng.random(drawn.shape) < nothing, 0.0, drawn), axis=1)


@pytest.mark.parametrize("nothing", [0.0, 0.3, 0.6])
def test_an_interval_holds_its_share_of_draws(nothing):
    draws = _draws(nothing)
    assert intervals.own_coverage(draws, 0.8) == pytest.approx(0.8, abs=0.02)


def test_who_surely_brings_nothing_has_an_interval_of_nothing():
    low, high = intervals.bounds(_draws(0.95), 0.8)
    assert (low == 0).all()
    assert high.max() == 0


def test_who_surely_brings_something_has_both_tails_cut():
    draws = _draws(0.0)
    low, high = intervals.bounds(draws, 0.8)
    assert (draws < low[:, None]).mean() == pytest.approx(0.1, abs=0.01)
    assert (draws > high[:, None]).mean() == pytest.approx(0.1, abs=0.01)


def test_draws_that_are_too_narrow_are_corrected_to_cover_as_promised():
    rng = np.random.default_rng(5)
    draws, actual = _draws(0.0), rng.gamma(2.0, 10.0, 4000) * rng.lognormal(0, 0.6, 4000)
    plain = intervals.coverage_of(draws, actual, intervals.level_for(draws, 0.8))
    share = intervals.calibrate(draws, actual)
    corrected = intervals.coverage_of(draws, actual, intervals.level_for(draws, share))
    assert plain < 0.75
    assert corrected == pytest.approx(0.8, abs=0.01)
