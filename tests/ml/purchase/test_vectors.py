"""The purchase models against published values."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from ml.purchase import BetaGeometricNBD, GammaGamma, ModifiedBetaGeometricNBD, ParetoNBD


@pytest.fixture(scope="module")
def cdnow(shared_data):
    path = shared_data / "data" / "cdnow_customers_summary.csv"
    return pd.read_csv(path).rename(columns={"T": "age"})


@pytest.mark.parametrize(
    ("model", "published"),
    [
        (BetaGeometricNBD(), {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}),
        (ModifiedBetaGeometricNBD(), {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}),
        (ParetoNBD(), {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}),
    ],
    ids=["bg_nbd", "mbg_nbd", "pareto_nbd"],
)
def test_estimates_are_the_published_ones(cdnow, model, published):
    assert model.fit(cdnow).parameters_ == pytest.approx(published, abs=1.5e-3)


def test_bg_nbd_reaches_the_published_likelihood(cdnow):
    assert BetaGeometricNBD().fit(cdnow).log_likelihood_ == pytest.approx(-9582.429, abs=0.01)


def test_bg_nbd_expects_the_published_purchases_of_a_new_customer(cdnow):
    expected = BetaGeometricNBD().fit(cdnow).expected_since_first([0.1429, 1, 3, 31.8571, 32, 78])
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    np.testing.assert_allclose(expected, published, atol=1e-3)


def test_gamma_gamma_estimates_are_the_published_ones(shared_data):
    path = shared_data / "data" / "cdnow_summary_monetary.csv"
    spend = pd.read_csv(path).rename(columns={"x": "frequency", "zbar": "monetary"})
    fitted = GammaGamma().fit(spend)
    assert fitted.parameters_ == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, abs=0.01)


@pytest.mark.parametrize("parameters", [(0.6, 11.0, 0.5, 9.0), (0.6, 0.01, 2.0, 300.0)])
@pytest.mark.parametrize("past", [(0.0, 0.0, 30.0), (3.0, 10.0, 50.0), (300.0, 90.0, 100.0)])
def test_pareto_nbd_is_alive_as_its_integral_says_even_for_daily_buyers(parameters, past):
    r, alpha, s, beta = parameters
    x, last, age = past
    model = ParetoNBD()
    model.parameters_ = dict(zip(model.parameter_names, parameters, strict=True))

    def left_at(time: float) -> float:
        return np.exp(
            -(r + x) * np.log((alpha + time) / (alpha + age))
            - (s + 1) * np.log(beta + time)
            + s * np.log(beta + age)
        )

    left, _ = quad(left_at, last, age, limit=500, epsrel=1e-11, points=[last + 0.01 * (age - last)])
    assert model.alive_probability([past])[0] == pytest.approx(1 / (1 + s * left), rel=1e-6)
