import numpy as np
import pytest

from orchestration.sample.products import draw_catalogue


@pytest.mark.parametrize(("days", "periods"), [(1, 1), (28, 1), (29, 2), (731, 27)])
def test_there_is_a_price_for_every_day(days, periods):
    catalogue = draw_catalogue(np.random.default_rng(1), days)
    assert catalogue.price_cents.shape == (len(catalogue.products), periods)
    assert catalogue.cost_cents.shape == catalogue.price_cents.shape


def test_prices_vary_and_costs_rise_once_a_year():
    catalogue = draw_catalogue(np.random.default_rng(1), 731)
    assert np.log(catalogue.price_cents).std(axis=1).mean() == pytest.approx(0.15, abs=0.02)
    rises = (np.diff(catalogue.cost_cents, axis=1) != 0).sum(axis=1)
    assert (rises <= 2).all()
    assert rises.max() > 0


def test_demand_falls_with_price():
    products = draw_catalogue(np.random.default_rng(1), 1).products
    assert products["elasticity"].between(-3, -0.4).all()
    assert products["popularity"].sum() == pytest.approx(1)
    assert products["product_id"].is_unique
