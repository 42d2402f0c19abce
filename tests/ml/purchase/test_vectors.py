"""The purchase models against published values."""

import numpy as np
import pandas as pd
import pytest

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
