import numpy as np
import pytest

from orchestration.sample.bookings import MEMBERS
from orchestration.sample.orders import ACCOUNTS
from orchestration.sample.purchases import draw_population, draw_purchases, draw_spend, draw_voids

END = 700.0


@pytest.fixture(scope="module", params=[MEMBERS, ACCOUNTS], ids=["members", "accounts"])
def drawn(request):
    rng = np.random.default_rng(11)
    population = draw_population(rng, 40_000, request.param, END)
    return request.param, population, draw_purchases(rng, population, END)


def repeats(population, purchases):
    return np.bincount(purchases.customer, minlength=len(population.rate)) - population.buys


def test_rates_and_dropout_have_the_moments_of_their_distributions(drawn):
    parameters, population, _ = drawn
    assert population.rate.mean() == pytest.approx(parameters.r / parameters.alpha, rel=0.03)
    assert population.rate.std() == pytest.approx(parameters.r**0.5 / parameters.alpha, rel=0.03)
    share = parameters.a / (parameters.a + parameters.b)
    assert population.dropout_probability.mean() == pytest.approx(share, rel=0.03)


def test_repeat_purchases_are_as_many_as_bg_nbd_expects(drawn):
    """E[X(t) | rate, p] = (1 - exp(-rate p t)) / p."""
    _, population, purchases = drawn
    p, exposure = population.dropout_probability, END - population.started
    expected = np.where(population.buys, -np.expm1(-population.rate * p * exposure) / p, 0)
    counted = repeats(population, purchases)
    error = np.sqrt(((counted - expected) ** 2).sum())
    assert abs(counted.sum() - expected.sum()) < 3 * error
    assert error / expected.sum() < 0.01


def test_customers_without_a_repeat_are_as_many_as_bg_nbd_expects(drawn):
    """P[X(t) = 0] = (alpha / (alpha + t)) ^ r: nobody drops out before the first repeat."""
    parameters, population, purchases = drawn
    exposure = (END - population.started)[population.buys]
    expected = (parameters.alpha / (parameters.alpha + exposure)) ** parameters.r
    none = (repeats(population, purchases)[population.buys] == 0).sum()
    error = np.sqrt((expected * (1 - expected)).sum())
    assert abs(none - expected.sum()) < 3 * error


def test_nobody_buys_before_the_first_purchase_or_after_dropout(drawn):
    _, population, purchases = drawn
    assert (purchases.time >= population.started[purchases.customer]).all()
    assert (purchases.time <= purchases.dropped_out[purchases.customer]).all()
    assert (purchases.time < END).all()


def test_the_share_who_never_buy_is_as_given(drawn):
    parameters, population, purchases = drawn
    never = 1 - len(np.unique(purchases.customer)) / len(population.rate)
    assert never == pytest.approx(parameters.no_purchase_share, rel=0.15)


def test_void_purchases_are_their_share_and_leave_the_process_alone(drawn):
    parameters, population, purchases = drawn
    rng = np.random.default_rng(1)
    customer, time = draw_voids(rng, population, purchases, parameters.void_share, END)
    share = len(customer) / (len(customer) + len(purchases.customer))
    assert share == pytest.approx(parameters.void_share, rel=0.03)
    assert (time >= population.started[customer]).all()
    assert (time <= np.minimum(purchases.dropped_out, END)[customer]).all()


def test_spend_is_gamma_gamma(drawn):
    parameters, population, _ = drawn
    everyone = np.arange(len(population.rate))
    spend = draw_spend(np.random.default_rng(1), population, everyone, parameters.p)
    mean = parameters.p * parameters.v / (parameters.q - 1)
    assert spend.mean() == pytest.approx(mean, rel=0.03)
    within = spend / population.spend_mean
    assert within.mean() == pytest.approx(1, rel=0.01)
    assert within.std() == pytest.approx(parameters.p**-0.5, rel=0.03)
    assert abs(np.corrcoef(np.log(population.rate), np.log(population.spend_mean))[0, 1]) < 0.02


def test_a_population_of_nobody_buys_nothing():
    rng = np.random.default_rng(1)
    population = draw_population(rng, 0, MEMBERS, END)
    assert len(draw_purchases(rng, population, END).customer) == 0
    assert len(population.value_score) == 0
