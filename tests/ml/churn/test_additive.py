"""Models whose scores are sums of what the features bring."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from ml.churn.additive import add_up
from ml.churn.boosting import AdditiveBoosting
from ml.churn.logistic import AdditiveLogistic
from ml.evaluation.classification import roc_auc

LOGISTIC, BOOSTING = AdditiveLogistic(C=1.0), AdditiveBoosting(max_iter=80)
MODELS = [LOGISTIC, BOOSTING]


def _true_log_odds(table: pd.DataFrame) -> np.ndarray:
    curve = np.abs(table["days"].fillna(30) - 30) / 10 - 1.5
    return curve.to_numpy() + np.where(table["plan"] == "gold", -1.0, 0.5)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 4000
    days = pd.Series(rng.uniform(0, 60, n)).where(rng.random(n) > 0.1)
    plan = pd.Series(rng.choice(["gold", "silver", "none"], n)).replace("none", None)
    return pd.DataFrame({"days": days, "plan": plan, "constant": 1.0, "empty": np.nan})


@pytest.fixture(scope="module")
def outcome(table: pd.DataFrame) -> np.ndarray:
    chance = 1 / (1 + np.exp(-_true_log_odds(table)))
    return (np.random.default_rng(1).random(len(table)) < chance).astype(int)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_contributions_and_intercept_add_up_to_the_score(model, table, outcome):
    fitted = clone(model).fit(table, outcome)
    parts = fitted.contributions(table)
    assert set(parts) == {"days", "plan"}
    assert parts.mean().to_numpy() == pytest.approx([0, 0], abs=1e-9)
    total = fitted.intercept_ + parts.sum(axis=1).to_numpy()
    assert fitted.decision_function(table) == pytest.approx(total, abs=1e-12)
    assert fitted.predict_proba(table)[:, 1] == pytest.approx(1 / (1 + np.exp(-total)), abs=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_a_bent_curve_missing_values_and_categories_are_learned(model, table, outcome):
    fitted = clone(model).fit(table, outcome)
    ideal = roc_auc(outcome, _true_log_odds(table))
    assert roc_auc(outcome, fitted.decision_function(table)) > ideal - 0.01


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_values_never_seen_are_no_reason_for_an_extreme_score(model, table, outcome):
    fitted = clone(model).fit(table, outcome)
    odd = pd.DataFrame({"days": [1e9, 60.0, np.inf], "plan": ["new", None, "silver"]})
    scores = fitted.decision_function(odd.assign(constant=1.0, empty=np.nan))
    assert np.isfinite(scores).all()
    assert scores[0] == pytest.approx(scores[1], abs=0.3)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_the_same_data_and_seed_give_the_same_scores(model, table, outcome):
    first, second = (clone(model).fit(table, outcome) for _ in range(2))
    assert (first.decision_function(table) == second.decision_function(table)).all()


def test_a_feature_that_is_gone_is_named(table, outcome):
    fitted = clone(LOGISTIC).fit(table, outcome)
    with pytest.raises(ValueError, match="X has no column days"):
        fitted.predict_proba(table.drop(columns="days"))


def test_no_rows_have_no_scores(table, outcome):
    assert clone(BOOSTING).fit(table, outcome).predict_proba(table.head(0)).shape == (0, 2)


def test_decimals_and_texts_of_numbers_are_numbers(table, outcome):
    texts = table.assign(days=table["days"].astype("str").where(table["days"].notna()))
    as_numbers, as_texts = (clone(LOGISTIC).fit(t, outcome) for t in (table, texts))
    assert as_texts.reader_.numeric_ == ["days"]
    assert as_texts.decision_function(texts) == pytest.approx(as_numbers.decision_function(table))


def test_what_several_models_tell_of_a_feature_is_added_up():
    one = pd.DataFrame({"days": [1.0, 2.0], "spend": [0.5, 0.0]}, index=[7, 8])
    other = pd.DataFrame({"spend": [0.25, 1.0], "rhythm": [3.0, 4.0]}, index=[7, 8])
    expected = {"days": [1.0, 2.0], "spend": [0.75, 1.0], "rhythm": [3.0, 4.0]}
    pd.testing.assert_frame_equal(add_up([one, other]), pd.DataFrame(expected, index=[7, 8]))
