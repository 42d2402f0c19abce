import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import d2_tweedie_score

from ml.lookalikes import ExpectedMargin

TRAITS = {"color": ("color",)}


def customers(count: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw customers; red ones bring 400 on average, others 100, three in ten nothing."""
    rng = np.random.default_rng(seed)
    color = rng.choice(["red", "blue"], count)
    mean = np.where(color == "red", 400.0, 100.0)
    margin = np.where(rng.random(count) < 0.3, 0.0, rng.gamma(2, mean / 1.4, count))
    return pd.DataFrame({"color": color}), margin


def test_means_of_each_kind_are_found():
    frame, margin = customers(4000)
    fitted = ExpectedMargin(TRAITS).fit(frame, margin)
    red, blue, unknown = fitted.predict(pd.DataFrame({"color": ["red", "blue", None]}))
    assert red == pytest.approx(400, rel=0.06)
    assert blue == pytest.approx(100, rel=0.1)
    assert blue < unknown < red
    assert fitted.deviance_explained_ > 0.1


def test_traits_that_tell_nothing_give_everyone_the_mean():
    frame, _ = customers(100)
    margin = np.random.default_rng(5).gamma(2, 50, 100)
    fitted = ExpectedMargin(TRAITS).fit(frame, margin)
    assert fitted.model_name_ == "mean_margin"
    np.testing.assert_allclose(fitted.predict(frame), margin.mean())


@pytest.mark.parametrize("count", [0, 1, 49])
def test_few_customers_give_their_mean(count):
    frame, margin = customers(count)
    fitted = ExpectedMargin(TRAITS).fit(frame, margin)
    assert fitted.model_name_ == "mean_margin"
    expected = margin.mean() if count else 0.0
    np.testing.assert_allclose(fitted.predict(customers(3)[0]), expected)


def test_losses_count_as_nothing():
    frame, margin = customers(200)
    fitted = ExpectedMargin(TRAITS).fit(frame, -margin)
    assert (fitted.predict(frame) == 0).all()


def test_a_margin_that_is_no_number_is_refused():
    frame, margin = customers(10)
    margin[3] = np.nan
    with pytest.raises(ValueError, match="finite margins"):
        ExpectedMargin(TRAITS).fit(frame, margin)


def test_the_figure_on_held_out_customers_is_scikit_learns_deviance():
    frame, margin = customers(4000)
    fitted = ExpectedMargin(TRAITS).fit(frame, margin)
    fresh, truth = customers(4000, seed=1)
    explained = d2_tweedie_score(truth, fitted.predict(fresh), power=1.5)
    assert fitted.deviance_explained_ == pytest.approx(explained, abs=0.03)
