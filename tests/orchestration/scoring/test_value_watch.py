"""How a forecast of lifetime value is held against what came after it."""

from datetime import date, timedelta

import pandas as pd
import pytest

from ml.clv import ClvTraining, CustomerLifetimeValue, train_clv
from orchestration.scoring.value_watch import Since, findings, since_training, why_train
from tests.ml.clv.conftest import AS_OF, shop

NOW = AS_OF + timedelta(days=28)


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    return shop(400, 75)


@pytest.fixture(scope="module")
def model(days: pd.DataFrame) -> CustomerLifetimeValue:
    training: ClvTraining = train_clv(days, as_of=AS_OF)
    return training.model


def until(days: pd.DataFrame, day: date) -> pd.DataFrame:
    return days[days["transaction_date"] <= pd.Timestamp(day)]


def test_a_forecast_that_comes_true_is_kept(
    model: CustomerLifetimeValue, days: pd.DataFrame
) -> None:
    since = since_training(model, until(days, NOW), AS_OF, NOW)
    assert since.figures["days"] == 28
    assert abs(since.figures["bias_percent"]) < 25
    assert since.figures["gini"] > 0.4
    assert why_train(since) is None
    assert all(finding.passed for finding in findings(since))


def test_the_total_is_that_of_those_who_were_customers_then(
    model: CustomerLifetimeValue, days: pd.DataFrame
) -> None:
    since = since_training(model, until(days, NOW), AS_OF, NOW)
    known = set(until(days, AS_OF)["customer_id"])
    later = until(days, NOW)[lambda rows: rows["transaction_date"] > pd.Timestamp(AS_OF)]
    later = later[later["customer_id"].isin(known)]
    expected = model.expect(days, AS_OF, 4.0)["expected_value"].sum()
    came = later["gross_margin"].sum()
    assert since.figures["bias_percent"] == pytest.approx(100 * (expected / came - 1))


def test_customers_who_bring_three_times_as_much_call_for_a_training(
    model: CustomerLifetimeValue, days: pd.DataFrame
) -> None:
    later = days["transaction_date"] > pd.Timestamp(AS_OF)
    grown = days.assign(gross_margin=days["gross_margin"].where(~later, 3 * days["gross_margin"]))
    since = since_training(model, until(grown, NOW), AS_OF, NOW)
    reason = why_train(since)
    assert reason is not None
    assert reason.startswith("forecasts of the 28 days since its training were off by -")
    assert not findings(since)[0].passed


def test_values_that_have_moved_call_for_a_training() -> None:
    reason = why_train(Since({}, is_off=False, moved={"score": 0.3}))
    assert reason == "scores have moved (population stability index 0.30)"


def test_nothing_is_said_of_the_first_days(
    model: CustomerLifetimeValue, days: pd.DataFrame
) -> None:
    since = since_training(model, days, AS_OF, AS_OF + timedelta(days=13))
    assert (since.figures, since.moved, why_train(since)) == ({}, {}, None)
