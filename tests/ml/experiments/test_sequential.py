import numpy as np
import pytest
from scipy import stats

from ml.experiments.sequential import (
    bounds,
    crossing_probability,
    evenly,
    first_crossing,
    sequential_p_value,
    spent,
)


def test_bounds_are_the_published_ones_of_lan_and_demets() -> None:
    looks = evenly(5)
    needed = bounds(looks, spent(0.05, looks, slack=1, reserve=0))
    np.testing.assert_allclose(needed, [4.877, 3.357, 2.680, 2.290, 2.031], atol=5e-4)


@pytest.mark.parametrize("looks", [evenly(1), evenly(60), np.array([0.1, 0.5, 0.51, 1.3, 4.0])])
def test_all_looks_together_use_up_what_may_be_spent(looks: np.ndarray) -> None:
    spending = spent(0.05, looks)
    crossing = crossing_probability(looks, bounds(looks, spending))
    assert crossing == pytest.approx(spending[-1], abs=1e-6)


def test_probability_under_a_drift_is_that_of_simulated_paths() -> None:
    looks = evenly(10)
    needed = bounds(looks, spent(0.05, looks))
    steps = np.random.default_rng(0).normal(0.25, np.sqrt(0.1), (40_000, 10))
    z = steps.cumsum(axis=1) / np.sqrt(looks)
    simulated = (np.abs(z) >= needed).any(axis=1).mean()
    assert crossing_probability(looks, needed, 2.5) == pytest.approx(simulated, abs=0.01)


def test_spending_never_reaches_the_level_however_long_a_test_runs_on() -> None:
    spending = spent(0.05, np.geomspace(0.01, 1e6, 200))
    assert (np.diff(spending) >= 0).all()
    assert spending[-1] < 0.05


def test_an_early_look_needs_overwhelming_evidence() -> None:
    looks = evenly(10)
    assert first_crossing(np.full(10, 4.0), bounds(looks, spent(0.05, looks))) == 3


def test_p_value_of_one_look_far_past_the_plan_is_nearly_that_of_a_single_look() -> None:
    single = 2 * stats.norm.sf(2.5)
    assert single < sequential_p_value([2.5], [1e4], [1e4]) < 1.05 * single


def test_p_value_rejects_exactly_where_a_bound_is_crossed() -> None:
    rng = np.random.default_rng(1)
    looks = evenly(7)
    for z in rng.normal(0, 1.6, (20, 7)):
        for level in (0.01, 0.05, 0.2):
            crossed = first_crossing(z, bounds(looks, spent(level, looks))) is not None
            assert crossed == (sequential_p_value(z, looks, looks) <= level)


def test_p_value_only_falls() -> None:
    looks = evenly(8)
    z = [0.5, 1.0, 2.9, 3.5, 2.0, 1.0, 0.5, 0.1]
    told = [sequential_p_value(z[:n], looks[:n], looks[:n]) for n in range(9)]
    assert told[0] == 1.0
    assert (np.diff(told) <= 1e-9).all()
