"""Forecasts of a whole year and longer: what windows of months cannot tell is not drawn out."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.clv import ClvTraining, CustomerLifetimeValue, train_clv
from ml.clv.process import PurchaseProcess
from tests.ml.clv.conftest import AS_OF

FIRST_DAY = pd.Timestamp("2023-01-02")
LAST_DAY = date(2024, 1, 28)


def told(model: CustomerLifetimeValue, days: pd.DataFrame, day: date, weeks: float) -> pd.Series:
    forecast = model.forecast(days, day, weeks)
    return forecast.groupby("algorithm")["expected_transactions"].sum()


@pytest.fixture(scope="module")
def loyal() -> pd.DataFrame:
    """Return 56 weeks of customers of whom nobody leaves, and who buy more towards the end."""
    rng = np.random.default_rng(0)
    pace = rng.gamma(2.0, 1 / 15, 300)
    count = rng.poisson(pace * 56)
    who = np.concatenate([np.arange(300), np.repeat(np.arange(300), count)])
    week = np.concatenate([np.zeros(300), 56 * rng.random(count.sum()) ** 0.7])
    days = pd.DataFrame(
        {
            "customer_type": "account",
            "customer_id": [f"c{number}" for number in who],
            "transaction_date": FIRST_DAY + pd.to_timedelta((7 * week).astype(int), "D"),
            "order_count": 1,
            "gross_margin": rng.gamma(4.0, 5.0, len(who)).round(2),
        }
    )
    keys = ["customer_type", "customer_id", "transaction_date"]
    return days.groupby(keys, as_index=False)[["order_count", "gross_margin"]].sum()


@pytest.fixture(scope="module")
def model(loyal: pd.DataFrame) -> CustomerLifetimeValue:
    training: ClvTraining = train_clv(loyal, as_of=LAST_DAY)
    return training.model


def test_all_agree_on_the_total_of_a_year(training: ClvTraining, days: pd.DataFrame) -> None:
    year = told(training.model, days, AS_OF, 52.0).drop("naive")
    assert len(year) > 1
    assert year.tolist() == pytest.approx([year["purchase_process"]] * len(year))


def test_what_learners_tell_of_a_few_months_is_their_own(
    training: ClvTraining, days: pd.DataFrame
) -> None:
    months = told(training.model, days, AS_OF, 13.0)
    assert months["log_linear"] != pytest.approx(months["purchase_process"], rel=1e-6)


def test_where_nobody_was_seen_to_leave_half_are_taken_to_within_the_time_observed(
    model: CustomerLifetimeValue, loyal: pd.DataFrame
) -> None:
    process = model.candidates_.process_
    assert isinstance(process, PurchaseProcess)
    assert process.half_life_ == pytest.approx(56, abs=1)
    stay = (1 - 0.5 ** (104 / process.half_life_)) / (np.log(2) * 104 / process.half_life_)
    one = pd.DataFrame({"frequency": [4.0], "recency": [40.0], "age": [50.0]})
    assert process.purchases(one, 104.0) == pytest.approx(
        stay * process.counts_.predict(one, 104.0)
    )
    assert process.purchases(one, 26.0) == pytest.approx(process.counts_.predict(one, 26.0))


def test_no_probability_of_being_alive_is_told_then(
    model: CustomerLifetimeValue, loyal: pd.DataFrame
) -> None:
    scores = model.predict(loyal, LAST_DAY)
    assert scores["probability_alive"].isna().all()
    totals = scores.groupby(["horizon", "algorithm"])["expected_transactions"].sum().unstack()
    assert (totals.loc["lifetime"] < 2.5 * totals.loc["12_months"]).all()
    champion = scores[scores["is_champion"] & (scores["horizon"] == "12_months")]
    assert (champion["interval_low"] <= champion["interval_high"]).all()
    assert champion["interval_high"].mean() > champion["expected_value"].mean()
