"""A whole training: what is known, what is chosen, what is told."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.clv import CustomerLifetimeValue, score_clv, train_clv
from ml.clv.judging import choose
from ml.evaluation.regression import coverage, normalized_gini
from ml.registry import artifact
from tests.ml.clv.conftest import AS_OF, WEEKS_AFTER, shop

KEYS = ["customer_type", "customer_id"]


@pytest.fixture(scope="module")
def scores(training, days):
    return score_clv(training.model, days, as_of=AS_OF)


@pytest.fixture(scope="module")
def came(training, days):
    """Return forecasts of the half year after training beside what came."""
    later = days[days["transaction_date"] > pd.Timestamp(AS_OF)].groupby(KEYS)["gross_margin"]
    forecast = training.model.forecast(days, AS_OF, WEEKS_AFTER)
    return forecast.merge(later.sum().rename("came").reset_index(), how="left", on=KEYS).fillna(
        {"came": 0.0}
    )


def test_every_buyer_has_a_row_per_algorithm_and_horizon(scores, days):
    buyers = days.loc[days["transaction_date"] <= pd.Timestamp(AS_OF), "customer_id"].nunique()
    assert not scores.duplicated([*KEYS, "algorithm", "horizon"]).any()
    assert (scores.groupby(["algorithm", "horizon"]).size() == buyers).all()
    assert set(scores["algorithm"]) == {
        "naive",
        "purchase_process",
        "log_linear",
        "gradient_boosting",
        "combination",
    }


def test_the_champion_is_what_the_contest_chose_and_knows_more_than_the_naive(training):
    deviance = training.comparison["value_deviance"]
    assert choose(deviance) == training.model.champion_ == training.parameters["model_name"]
    assert "no candidate is clearly better" in training.parameters["reason"]
    assert training.metrics["value_deviance"] < deviance["naive"]


@pytest.mark.parametrize(
    ("deviance", "chosen"),
    [
        ({"naive": 9.0, "log_linear": 8.1, "combination": 9.0}, "combination"),
        ({"naive": 9.0, "log_linear": 8.0, "combination": 9.0}, "log_linear"),
        ({"naive": 8.0, "log_linear": 8.1, "combination": 7.9}, "combination"),
        ({"naive": 9.0, "purchase_process": 8.9}, "purchase_process"),
    ],
)
def test_the_combination_wins_unless_another_is_better_by_more_than_a_tenth(deviance, chosen):
    assert choose(pd.Series(deviance)) == chosen


def test_forecasts_rank_and_cover_what_came(came):
    champion = came[came["is_champion"]]
    naive = came[came["algorithm"] == "naive"]
    assert normalized_gini(champion["came"], champion["expected_value"]) > normalized_gini(
        naive["came"], naive["expected_value"]
    )
    assert champion["expected_value"].sum() == pytest.approx(champion["came"].sum(), rel=0.25)
    inside = coverage(champion["came"], champion["interval_low"], champion["interval_high"])
    assert inside == pytest.approx(0.8, abs=0.06)


def test_the_holdout_is_what_came_in_the_newest_window(training, days):
    start = pd.Timestamp(AS_OF) - pd.Timedelta(days=training.parameters["holdout_days"])
    window = days[days["transaction_date"].between(start, pd.Timestamp(AS_OF), inclusive="right")]
    known = days.loc[days["transaction_date"] <= start, "customer_id"].unique()
    assert training.holdout["value"].sum() == pytest.approx(
        window.loc[window["customer_id"].isin(known), "gross_margin"].sum()
    )


def test_a_lifetime_is_worth_more_than_a_year_and_bounds_hold_their_expectation(scores):
    champion = scores[scores["is_champion"]].set_index([*KEYS, "horizon"])
    year, lifetime = (champion.xs(h, level="horizon") for h in ("12_months", "lifetime"))
    assert (lifetime["expected_transactions"] > year["expected_transactions"]).all()
    assert lifetime["expected_value"].sum() > year["expected_value"].sum()
    assert (champion["interval_low"] <= champion["interval_high"]).all()
    assert champion["probability_alive"].between(0, 1).all()


def test_a_dearer_wait_makes_a_lifetime_worth_less(training, days, scores):
    patient = CustomerLifetimeValue(discount_rate=0.0, random_state=1)
    patient.__dict__ |= {k: v for k, v in vars(training.model).items() if k.endswith("_")}
    now = score_clv(patient, days, as_of=AS_OF)
    is_lifetime = scores["horizon"] == "lifetime"
    assert (
        now.loc[is_lifetime, "expected_value"] >= scores.loc[is_lifetime, "expected_value"]
    ).all()
    pd.testing.assert_frame_equal(now[~is_lifetime], scores[~is_lifetime])


def test_without_the_future_and_in_another_order_days_give_the_same_model(training, days):
    known = days[days["transaction_date"] <= pd.Timestamp(AS_OF)].sample(frac=1, random_state=9)
    again = train_clv(known, as_of=AS_OF, random_state=1)
    pd.testing.assert_frame_equal(again.comparison, training.comparison)
    assert artifact.dumps(again.model) == artifact.dumps(training.model)


def test_a_saved_model_gives_the_same_scores(training, days, scores):
    saved = artifact.loads(artifact.dumps(training.model))
    pd.testing.assert_frame_equal(score_clv(saved, days, as_of=AS_OF), scores)


@pytest.mark.parametrize(
    ("customers", "weeks", "as_of", "reason"),
    [
        (120, 60, date(2024, 2, 1), "120 customers are fewer"),
        (2000, 60, date(2023, 2, 1), "weeks of history are fewer"),
    ],
)
def test_too_little_data_gets_the_naive_forecast_that_says_so(customers, weeks, as_of, reason):
    days = shop(customers, weeks)
    training = train_clv(days, as_of=as_of)
    scores = score_clv(training.model, days, as_of=as_of)
    assert reason in training.parameters["reason"]
    assert training.metrics == {}
    assert (scores["model_name"] == "naive").all()
    assert (scores["horizon"] == "12_months").all()
    assert scores[["probability_alive", "interval_low"]].isna().all(axis=None)
    assert scores["expected_value"].ge(0).all()


def test_customers_who_never_come_back_are_expected_to_bring_nothing():
    once = shop(300, 60).groupby(KEYS, as_index=False).first()
    training = train_clv(once, as_of=AS_OF)
    assert "none of" in training.parameters["reason"]
    assert (score_clv(training.model, once, as_of=AS_OF)["expected_value"] == 0).all()


def test_values_that_are_all_the_same_or_negative_do_no_harm():
    days = shop(300, 60)
    flat = score_clv(train_clv(days.assign(gross_margin=5.0), as_of=AS_OF).model, days, as_of=AS_OF)
    assert np.isfinite(flat["expected_value"]).all()
    lost = days.assign(gross_margin=-days["gross_margin"])
    training = train_clv(lost, as_of=AS_OF)
    assert training.parameters["model_name"] == "naive"
    assert (score_clv(training.model, lost, as_of=AS_OF)["expected_value"] >= 0).all()


def test_nobody_who_bought_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="no customer has a purchase"):
        train_clv(shop(300, 60), as_of=date(2022, 1, 1))
