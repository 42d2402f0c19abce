"""Figures of merit for expected counts and values."""

import numpy as np
import pytest

from ml.evaluation import regression


def test_errors_by_hand():
    actual, forecast = [0.0, 4.0], [1.0, 2.0]
    assert regression.mae(actual, forecast) == 1.5
    assert regression.rmse(actual, forecast) == pytest.approx(np.sqrt(2.5))
    assert regression.bias_percent(actual, forecast) == pytest.approx(-25.0)


def test_gini_is_one_for_the_true_order_and_zero_for_no_order():
    actual = [0.0, 1.0, 5.0, 2.0]
    assert regression.normalized_gini(actual, [0.0, 0.1, 0.3, 0.2]) == pytest.approx(1.0)
    assert regression.normalized_gini(actual, [7.0] * 4) == pytest.approx(0.0)
    assert regression.normalized_gini(actual, [3.0, 2.0, 0.0, 1.0]) == pytest.approx(-1.0)


def test_gini_does_not_depend_on_the_order_of_equal_forecasts():
    rng = np.random.default_rng(0)
    actual, forecast = rng.poisson(1, 500), rng.integers(0, 5, 500)
    order = rng.permutation(500)
    assert regression.normalized_gini(actual, forecast) == pytest.approx(
        regression.normalized_gini(actual[order], forecast[order])
    )


def test_coverage_counts_both_bounds():
    assert regression.coverage([1, 2, 3, 4], [1, 0, 4, 4], [1, 1, 5, 4]) == 0.5


def test_deciles_begin_with_the_highest_forecast():
    table = regression.deciles([1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4], bins=2)
    assert table["actual"].tolist() == [3.5, 1.5]


def test_a_forecast_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        regression.mae([1.0], [np.nan])


def test_tweedie_deviance_is_lowest_for_the_mean_and_counts_negative_amounts_as_nothing():
    actual = [0.0, 0.0, 9.0]
    at_mean = regression.tweedie_deviance(actual, [3.0] * 3)
    assert at_mean < regression.tweedie_deviance(actual, [2.5] * 3)
    assert at_mean < regression.tweedie_deviance(actual, [3.5] * 3)
    assert at_mean == regression.tweedie_deviance([-1.0, 0.0, 9.0], [3.0] * 3)
