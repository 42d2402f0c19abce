"""Customers drawn from a known process: their parameters come back, and draws agree with forecasts."""

import numpy as np
import pytest

from ml.purchase import BetaGeometricNBD, GammaGamma, ModifiedBetaGeometricNBD, ParetoNBD

WEEKS, CUSTOMERS = 52.0, 8000


def _bg_nbd(r: float, alpha: float, a: float, b: float, *, leaves_at_once: bool) -> np.ndarray:
    """Simulate each customer's life purchase by purchase."""
    rng = np.random.default_rng(7)
    rate, leaving = rng.gamma(r, 1 / alpha, CUSTOMERS), rng.beta(a, b, CUSTOMERS)
    active = np.ones(CUSTOMERS, bool)
    if leaves_at_once:
        active = rng.random(CUSTOMERS) >= leaving
    time, last, count = np.zeros(CUSTOMERS), np.zeros(CUSTOMERS), np.zeros(CUSTOMERS)
    while active.any():
        time = np.where(active, time + rng.exponential(1 / np.maximum(rate, 1e-12)), time)
        buys = active & (time <= WEEKS)
        last, count = np.where(buys, time, last), count + buys
        active = buys & (rng.random(CUSTOMERS) >= leaving)
    return np.column_stack([count, last, np.full(CUSTOMERS, WEEKS)])


def _pareto_nbd(r: float, alpha: float, s: float, beta: float) -> np.ndarray:
    rng = np.random.default_rng(7)
    rate = rng.gamma(r, 1 / alpha, CUSTOMERS)
    life = np.minimum(rng.exponential(1 / rng.gamma(s, 1 / beta, CUSTOMERS)), WEEKS)
    count = rng.poisson(rate * life)
    last = np.where(count > 0, life * rng.random(CUSTOMERS) ** (1 / np.maximum(count, 1)), 0.0)
    return np.column_stack([count, last, np.full(CUSTOMERS, WEEKS)])


CASES = [
    (BetaGeometricNBD, {"r": 0.8, "alpha": 5.0, "a": 0.9, "b": 3.0}),
    (ModifiedBetaGeometricNBD, {"r": 0.8, "alpha": 5.0, "a": 0.9, "b": 3.0}),
    (ParetoNBD, {"r": 0.8, "alpha": 5.0, "s": 0.6, "beta": 9.0}),
]


def _simulated(model: type, truth: dict[str, float]) -> np.ndarray:
    if model is ParetoNBD:
        return _pareto_nbd(**truth)
    return _bg_nbd(**truth, leaves_at_once=model is ModifiedBetaGeometricNBD)


@pytest.mark.parametrize(("model", "truth"), CASES)
def test_true_parameters_lie_within_three_standard_errors(model, truth):
    fitted = model().fit(_simulated(model, truth))
    for name, value in truth.items():
        assert abs(fitted.parameters_[name] - value) < 3 * fitted.standard_errors_[name], name


@pytest.mark.parametrize(("model", "truth"), CASES)
def test_drawn_purchases_have_the_expected_mean(model, truth):
    past = _simulated(model, truth)[:500]
    fitted = model().fit(past)
    drawn = fitted.sample(past, 26.0, 400, np.random.default_rng(0)).mean()
    assert drawn == pytest.approx(fitted.predict(past, 26.0).mean(), rel=0.02)


@pytest.mark.parametrize(("model", "truth"), CASES)
def test_no_horizon_brings_no_purchase_and_a_longer_one_brings_more(model, truth):
    past = _simulated(model, truth)[:500]
    fitted = model().fit(past)
    assert fitted.predict(past, 0.0) == pytest.approx(np.zeros(500), abs=1e-9)
    assert (fitted.predict(past, 20.0) > fitted.predict(past, 10.0)).all()


def test_spending_comes_back_whatever_the_currency():
    rng = np.random.default_rng(3)
    count = rng.poisson(4, CUSTOMERS) + 1.0
    nu = rng.gamma(4.0, 1 / 1500.0, CUSTOMERS)
    mean = rng.gamma(6.0 * count, 1 / nu) / count
    fitted = GammaGamma().fit(np.column_stack([count, mean]))
    for name, value in {"p": 6.0, "q": 4.0, "v": 1500.0}.items():
        assert abs(fitted.parameters_[name] - value) < 3 * fitted.standard_errors_[name], name


def test_a_customer_of_whom_nothing_is_known_spends_like_everyone():
    spend = np.array([(3.0, 10.0), (2.0, 20.0), (5.0, 15.0), (0.0, np.nan)])
    fitted = GammaGamma().fit(spend)
    assert fitted.predict(spend)[3] == fitted.population_mean_
