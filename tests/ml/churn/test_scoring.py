"""From tables to scored customers."""

import copy
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from ml.churn import ChurnTraining, score_churn, train_churn
from ml.churn.rows import days_since_1970
from tests.ml.churn.customers import LAST_DAY, features_at, month_ends, simulate

CUTOFFS = month_ends()[::2]


@pytest.fixture(scope="module")
def transactions() -> pd.DataFrame:
    return simulate()


@pytest.fixture(scope="module")
def features(transactions: pd.DataFrame) -> pd.DataFrame:
    return features_at(transactions, sorted({*CUTOFFS, LAST_DAY}))


@pytest.fixture(scope="module")
def training(features: pd.DataFrame, transactions: pd.DataFrame) -> ChurnTraining:
    return train_churn(features, transactions, as_of=LAST_DAY)


@pytest.fixture(scope="module")
def scores(training: ChurnTraining, features: pd.DataFrame) -> pd.DataFrame:
    value = features.loc[features["cutoff"] == LAST_DAY, ["customer_type", "customer_id"]]
    value = value.assign(value=np.arange(len(value), dtype=float)).iloc[1:]
    return score_churn(training.model, features, as_of=LAST_DAY, value=value)


def test_every_customer_of_the_day_is_scored_once(scores, features):
    today = features[features["cutoff"] == LAST_DAY]
    assert sorted(scores["customer_id"]) == sorted(today["customer_id"])
    assert set(scores["scored_as_of"]) == {LAST_DAY}
    assert scores["churn_probability"].between(0, 1, inclusive="neither").all()
    assert (scores["retention_score"] == (100 * (1 - scores["churn_probability"])).round(1)).all()


def test_the_factors_shown_and_the_others_add_up_to_the_score(scores):
    shown = scores[[f"factor_{place}_contribution" for place in (1, 2, 3)]]
    log_odds = scores["base_log_odds"] + shown.sum(axis=1) + scores["other_contributions"]
    assert scores["churn_probability"].to_numpy() == pytest.approx(1 / (1 + np.exp(-log_odds)))
    assert (shown.abs().diff(axis=1).iloc[:, 1:].fillna(0) <= 0).all(axis=None)


def test_a_known_season_is_part_of_the_base_that_factors_add_up_from(training, features, scores):
    model = copy.deepcopy(training.model)
    model.season_.opened_ = days_since_1970([LAST_DAY - timedelta(days=365)])
    model.season_.level_ = np.array([0.4])
    in_season = score_churn(model, features, as_of=LAST_DAY)
    assert (in_season["base_log_odds"] - scores["base_log_odds"]).to_numpy() == pytest.approx(0.4)
    log_odds = in_season.filter(regex="_contributions?$|base_log_odds").sum(axis=1)
    assert in_season["churn_probability"].to_numpy() == pytest.approx(1 / (1 + np.exp(-log_odds)))


def test_expected_loss_is_probability_times_value_where_that_is_known(scores):
    known = scores["expected_loss"].notna()
    assert (~known).sum() == 1
    assert scores.loc[known, "expected_loss"].max() <= 600
    assert (scores.loc[~known, "recommended_action"] != "personal_call").all()


def test_the_training_says_what_it_was_made_of(training):
    assert training.parameters["labels_close"] == "2024-01-29"
    assert training.parameters["model_name"] in training.comparison.index
    assert training.metrics == training.comparison.loc[training.model.model_name_].to_dict()
    holdout = training.holdout
    assert set(holdout["cutoff"]) == {pd.Timestamp("2023-10-31")}
    assert set(training.comparison.index) <= set(holdout.columns)


def test_a_past_day_is_scored_the_same_whatever_came_later(features, transactions):
    day = date(2023, 9, 30)
    known = features[features["cutoff"].to_numpy() <= np.datetime64(day)]
    then = transactions[transactions["transaction_date"] <= pd.Timestamp(day)]
    first, later = (
        score_churn(train_churn(known, t, as_of=day).model, known, as_of=day)
        for t in (then, transactions)
    )
    pd.testing.assert_frame_equal(first, later, check_exact=True)


def test_the_order_of_rows_does_not_matter(features, transactions, training):
    mixed = features.sample(frac=1, random_state=1), transactions.sample(frac=1, random_state=2)
    again = train_churn(*mixed, as_of=LAST_DAY)
    assert again.parameters == training.parameters
    pd.testing.assert_frame_equal(
        score_churn(again.model, mixed[0], as_of=LAST_DAY),
        score_churn(training.model, features, as_of=LAST_DAY),
        check_exact=True,
    )


def test_thirty_days_of_history_give_customers_without_a_probability(transactions):
    day = date(2023, 1, 31)
    features = features_at(transactions, [day])
    training = train_churn(features, transactions, as_of=day)
    scores = score_churn(training.model, features, as_of=day)
    assert training.parameters["model_name"] == "not_enough_history"
    assert len(scores) == len(features)
    assert scores["churn_probability"].isna().all()
    assert set(scores["risk_band"]) == {"unknown"}
    assert set(scores["model_name"]) == {"not_enough_history"}


def test_nobody_to_score_gives_no_rows(training, features):
    empty = score_churn(training.model, features.head(0), as_of=LAST_DAY)
    assert len(empty) == 0
    assert "churn_probability" in empty


def test_a_model_that_has_seen_the_day_to_be_scored_is_refused(training, features):
    day = CUTOFFS[-2]
    known = features[features["cutoff"].to_numpy() <= np.datetime64(day)]
    with pytest.raises(ValueError, match="train on windows that close by then"):
        score_churn(training.model, known, as_of=day)
