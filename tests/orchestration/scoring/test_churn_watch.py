"""What calls for a new churn model: leavers that it did not foresee, or customers unlike those it knew."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.churn import ChurnTraining, train_churn
from orchestration.scoring.churn_watch import Realised, findings, realised, why_train
from tests.ml.churn.customers import LAST_DAY, features_at, month_ends, simulate

TRAINED = date(2023, 9, 30)


@pytest.fixture(scope="module")
def transactions() -> pd.DataFrame:
    return simulate()


@pytest.fixture(scope="module")
def features(transactions: pd.DataFrame) -> pd.DataFrame:
    return features_at(transactions, month_ends())


@pytest.fixture(scope="module")
def training(transactions: pd.DataFrame, features: pd.DataFrame) -> ChurnTraining:
    return train_churn(features[features["cutoff"] <= TRAINED], transactions, as_of=TRAINED)


def reason(training: ChurnTraining, features: pd.DataFrame, window: Realised | None) -> str:
    model = training.model
    assert model is not None
    return str(why_train(model, training.metrics, features, LAST_DAY, window=window))


def test_a_model_whose_probabilities_come_true_is_kept(
    training: ChurnTraining, features: pd.DataFrame, transactions: pd.DataFrame
) -> None:
    assert training.model is not None
    window = realised(training.model, features, transactions, LAST_DAY)
    assert window is not None
    assert window.cutoff == date(2023, 10, 31)
    assert window.figures()["auc"] > 0.75
    found = findings(
        training.model,
        training.metrics,
        features,
        LAST_DAY,
        window=window,
        scores=window.probability,
    )
    by_name = {finding.check: finding for finding in found}
    assert by_name["performance"].passed
    assert by_name["performance"].figures["auc"] == window.figures()["auc"]


def test_customers_who_leave_all_of_a_sudden_call_for_a_training(
    training: ChurnTraining, features: pd.DataFrame, transactions: pd.DataFrame
) -> None:
    assert training.model is not None
    # Of every five who bought after the day that was to be foretold, one did.
    kept = (transactions["transaction_date"] <= pd.Timestamp("2023-10-31")) | (
        transactions["customer_id"].str[-1].isin(["0", "5"])
    )
    window = realised(training.model, features, transactions[kept], LAST_DAY)
    said = reason(training, features, window)
    assert said.startswith("probabilities of 2023-10-31 were off by ")


def test_who_ranks_leavers_worse_than_when_held_out_is_trained_anew(
    training: ChurnTraining, features: pd.DataFrame
) -> None:
    rng = np.random.default_rng(0)
    # As often as foretold, but others than those of whom it was.
    probability = pd.Series(rng.uniform(0.45, 0.55, 4000))
    churned = pd.Series((rng.random(4000) < 0.5).astype(float))
    said = reason(training, features, Realised(date(2023, 10, 31), churned, probability))
    assert said.startswith("of the customers of 2023-10-31 it told leavers with an AUC of 0.")


def test_customers_unlike_those_of_the_training_call_for_another(
    training: ChurnTraining, features: pd.DataFrame
) -> None:
    now = features["cutoff"] == LAST_DAY
    gone = features.assign(
        recency_days=features["recency_days"] + 400 * now,
        tenure_days=features["tenure_days"] + 400 * now,
        transactions_90d=features["transactions_90d"].where(~now, 0),
    )
    assert reason(training, gone, None).startswith("scores have moved")
    learned = features[features["cutoff"] == date(2023, 8, 31)]
    steady = pd.concat([features[~now], learned.assign(cutoff=LAST_DAY)])
    assert reason(training, steady, None) == "None"
