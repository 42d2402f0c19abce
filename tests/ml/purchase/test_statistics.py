"""Customers' sufficient statistics."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.purchase import BetaGeometricNBD, summarize


def _purchases(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer", "day", "value"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


def test_the_first_day_founds_the_relation_and_a_day_is_one_purchase():
    purchases = _purchases(
        ("a", "2024-01-01", 5.0),
        ("a", "2024-01-01", 1.0),
        ("a", "2024-01-15", 10.0),
        ("a", "2024-01-29", 20.0),
        ("a", "2024-03-01", 99.0),
        ("b", "2024-01-22", 7.0),
    )
    summary = summarize(purchases, date(2024, 2, 5))
    assert summary.loc["a"].tolist() == [2.0, 4.0, 5.0, 15.0]
    assert summary.loc["b"].tolist()[:3] == [0.0, 0.0, 2.0]
    assert np.isnan(summary.loc["b", "monetary"])


@pytest.mark.parametrize(
    "row",
    [(1.5, 1.0, 2.0), (1.0, 3.0, 2.0), (0.0, 1.0, 2.0), (-1.0, 0.0, 2.0), (1.0, np.nan, 2.0)],
)
def test_a_past_that_cannot_be_is_refused_with_its_row(row):
    with pytest.raises(ValueError, match="row 1 is no customer's past"):
        BetaGeometricNBD().fit(np.array([(2.0, 1.0, 2.0), row]))


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="no column recency"):
        BetaGeometricNBD().fit(pd.DataFrame({"frequency": [1.0], "age": [2.0]}))


def test_without_repeat_purchases_there_is_nothing_to_learn():
    with pytest.raises(ValueError, match="none of 3 customers bought twice"):
        BetaGeometricNBD().fit(np.array([(0.0, 0.0, age) for age in (1.0, 2.0, 3.0)]))
