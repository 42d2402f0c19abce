import numpy as np
import pandas as pd

from ml.segmentation.scaling import LogBlockScaler


def customers() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "recency_days": rng.integers(0, 300, 500),
            "transaction_count": rng.geometric(0.2, 500),
            "total_revenue": rng.gamma(1, 100, 500),
        }
    )


def test_every_block_weighs_the_same():
    scaled = LogBlockScaler(tail=0.0).fit_transform(customers())
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.var(axis=0), [1, 1 / 2, 1 / 2])


def test_outliers_are_cut_at_the_quantiles_that_fit_saw():
    frame = customers()
    scaler = LogBlockScaler().fit(frame)
    far = frame.assign(total_revenue=1e12)
    highest = np.quantile(np.log1p(frame["total_revenue"]), 0.99)
    expected = (highest - scaler.mean_[2]) / scaler.scale_[2]
    np.testing.assert_allclose(scaler.transform(far)[:, 2], expected)


def test_missing_and_negative_amounts_count_as_nothing():
    frame = customers()
    scaler = LogBlockScaler().fit(frame)
    nothing, missing, negative = (
        scaler.transform(
            frame.assign(total_revenue=pd.Series([value] * len(frame), dtype="Float64"))
        )
        for value in (0, pd.NA, -5)
    )
    np.testing.assert_array_equal(missing, nothing)
    np.testing.assert_array_equal(negative, nothing)


def test_a_constant_column_is_zero():
    scaled = LogBlockScaler().fit_transform(customers().assign(recency_days=7))
    assert (scaled[:, 0] == 0).all()
