"""Features at a cutoff, by hand, and what followed it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.clv.features import features, outcomes
from ml.clv.history import day_number, read_history
from ml.purchase import summarize

CUTOFF = day_number(date(2024, 2, 26))
ROWS = [
    ("a", "2024-01-01", 1, 10.0),
    ("a", "2024-01-15", 2, 30.0),
    ("a", "2024-01-20", 0, -5.0),
    ("a", "2024-02-12", 1, 20.0),
    ("a", "2024-03-04", 1, 99.0),
    ("b", "2024-02-26", 1, 7.0),
    ("b", "2024-03-11", 0, -7.0),
    ("c", "2024-03-01", 1, 50.0),
]


def _history():
    names = ["customer_id", "transaction_date", "order_count", "revenue"]
    return read_history(pd.DataFrame(ROWS, columns=names).assign(customer_type="member"), "revenue")


def test_features_by_hand():
    a = features(_history(), CUTOFF).loc[0]
    assert a[["frequency", "recency", "age", "since"]].tolist() == [2.0, 6.0, 8.0, 2.0]
    assert a["gap"] == 3.0
    assert a["last_gap"] == 4.0
    assert a["orders"] == 4.0
    assert a["value"] == 55.0
    assert a["monetary"] == pytest.approx(45 / 2)
    assert a[["value_first", "value_last", "value_largest"]].tolist() == [10.0, 20.0, 30.0]
    assert a["purchases_4w"] == 1.0
    assert a["value_13w"] == 55.0
    assert a["purchases_fading_3w"] == pytest.approx(0.5 ** (8 / 3) + 0.25 + 0.5 ** (2 / 3))


def test_who_bought_once_has_no_gap_and_who_has_not_bought_yet_no_row():
    table = features(_history(), CUTOFF)
    assert table.index.tolist() == [0, 1]
    assert np.isnan(table.loc[1, ["gap", "last_gap", "monetary"]].to_numpy(float)).all()


def test_a_future_that_changes_leaves_features_alone():
    altered = pd.DataFrame(
        ROWS, columns=["customer_id", "transaction_date", "order_count", "revenue"]
    )
    altered.loc[pd.to_datetime(altered["transaction_date"]) > "2024-02-26", "revenue"] *= 1000
    later = read_history(altered.assign(customer_type="member"), "revenue")
    pd.testing.assert_frame_equal(features(later, CUTOFF), features(_history(), CUTOFF))


def test_outcomes_count_purchases_and_net_refunds_of_the_window_alone():
    came = outcomes(_history(), CUTOFF, CUTOFF + 14, pd.Index([0, 1]))
    assert came["purchases"].tolist() == [1, 0]
    assert came["value"].tolist() == [99.0, -7.0]
    assert outcomes(_history(), CUTOFF, CUTOFF + 6, pd.Index([0]))["value"].tolist() == [0.0]


def test_the_process_reads_the_same_statistics_as_from_purchases(days):
    history = read_history(days, "gross_margin")
    cutoff = date(2023, 9, 1)
    renamed = days.rename(
        columns={"customer_id": "customer", "transaction_date": "day", "gross_margin": "value"}
    )
    expected = summarize(renamed, cutoff).reset_index(drop=True)
    found = features(history, day_number(cutoff))[expected.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)
