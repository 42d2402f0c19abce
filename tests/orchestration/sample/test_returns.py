import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.orders import ACCOUNTS
from orchestration.sample.purchases import draw_population, draw_purchases
from orchestration.sample.returns import WIN_BACK, draw_returns
from orchestration.sample.season import OperationalClock

DAYS = 700


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(5)
    clock = OperationalClock(np.where(np.arange(DAYS) % 7 < 5, 1.3, 0.25))
    population = draw_population(rng, 40_000, ACCOUNTS, clock.at(DAYS))
    purchases = draw_purchases(rng, population, clock.at(DAYS))
    return purchases, clock, *draw_returns(rng, population, purchases, clock, DAYS)


def test_the_offer_brings_back_as_many_more_as_it_says(drawn):
    *_, win_back = drawn
    asked_early = win_back[win_back["looked_at"] + WIN_BACK.answer_days < DAYS]
    came = asked_early["returned"] < NEVER
    offered = came[asked_early["offered"]]
    alone = came[~asked_early["offered"]]
    error = np.sqrt(offered.var() / len(offered) + alone.var() / len(alone))
    gain = WIN_BACK.return_with_offer - WIN_BACK.return_without
    assert offered.mean() - alone.mean() == pytest.approx(gain, abs=3 * error)
    assert error < 0.02


def test_the_process_stays_as_it_is_before_the_second_lives(drawn):
    purchases, _, bought, _ = drawn
    size = len(purchases.time)
    assert np.array_equal(bought.time[:size], purchases.time)
    assert np.array_equal(bought.dropped_out, purchases.dropped_out)


def test_who_comes_back_buys_on_that_day_and_not_before(drawn):
    purchases, clock, bought, win_back = drawn
    size = len(purchases.time)
    back = win_back[win_back["returned"] < NEVER].set_index("customer")["returned"]
    customer, day = bought.customer[size:], clock.day(bought.time[size:])
    first = np.full(customer.max() + 1, NEVER)
    np.minimum.at(first, customer, day)
    assert np.array_equal(first[back.index], back)
    assert set(customer) == set(back.index)
    assert (day <= back[customer] + WIN_BACK.stay_days).all()


def test_nobody_is_looked_at_before_being_dormant_long_enough(drawn):
    *_, win_back = drawn
    dormant = win_back["looked_at"] - win_back["dropped_out"]
    assert dormant.between(*WIN_BACK.dormant_days).all()
    assert (win_back["returned"] > win_back["looked_at"]).all()
