"""The purchase process as a forecast of silence."""

import numpy as np
import pandas as pd
import pytest

from ml.churn.process import QuietProcess
from ml.purchase import BetaGeometricNBD, ParetoNBD
from tests.ml.churn.customers import features_at, month_ends, simulate


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return features_at(simulate(), month_ends()[-1:])


def test_who_bought_recently_and_often_is_the_least_likely_to_be_quiet(rows):
    fitted = QuietProcess().fit(rows, np.zeros(len(rows)))
    regular, lapsed = pd.DataFrame(
        {"tenure_days": [300, 300], "recency_days": [5, 200], "repeat_count": [20, 20]}
    ).pipe(fitted.predict_proba)[:, 1]
    assert regular < 0.2
    assert lapsed > 0.8


def test_it_is_not_one_minus_the_probability_of_being_alive(rows):
    fitted = QuietProcess().fit(rows, np.zeros(len(rows)))
    once = pd.DataFrame({"tenure_days": [80], "recency_days": [80], "repeat_count": [0]})
    alive = fitted.process_.alive_probability(np.array([[0.0, 0.0, 80 / 7]]))[0]
    assert fitted.predict_proba(once)[0, 1] > 1 - alive


@pytest.mark.parametrize("process", [BetaGeometricNBD, ParetoNBD])
def test_the_probability_of_silence_is_the_share_of_drawn_futures_without_a_purchase(process, rows):
    past = np.column_stack(
        [
            rows["repeat_count"],
            (rows["tenure_days"] - rows["recency_days"]) / 7,
            rows["tenure_days"] / 7,
        ]
    )
    fitted = process().fit(past)
    drawn = fitted.sample(past, 90 / 7, 400, np.random.default_rng(0))
    assert fitted.quiet_probability(past, 90 / 7).mean() == pytest.approx(
        (drawn == 0).mean(), abs=0.01
    )


def test_customers_without_a_purchase_get_the_share_of_their_like(rows):
    strangers = rows.head(50).assign(tenure_days=np.nan, recency_days=np.nan)
    both = pd.concat([rows, strangers], ignore_index=True)
    outcome = np.concatenate([np.zeros(len(rows)), np.tile([1, 1, 1, 0, 1], 10)])
    chance = QuietProcess().fit(both, outcome).predict_proba(strangers)[:, 1]
    assert chance == pytest.approx(np.full(50, 40.5 / 51))
