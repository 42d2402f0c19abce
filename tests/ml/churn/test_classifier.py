"""The contest between candidates, its fallbacks, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from ml.churn import ChurnClassifier
from ml.churn.candidates import choose
from ml.churn.features import churn_features
from ml.churn.labels import label_churn
from ml.churn.rows import days_since_1970
from ml.churn.season import Season
from ml.evaluation.classification import expected_calibration_error, roc_auc
from tests.ml.churn.customers import LAST_DAY, features_at, month_ends, simulate


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    transactions = simulate()
    features = features_at(transactions, month_ends()[::2])
    labelled = label_churn(features, transactions, LAST_DAY)
    return labelled[labelled["churned"].notna()].reset_index(drop=True)


def _fit(rows: pd.DataFrame, **settings: object) -> ChurnClassifier:
    return ChurnClassifier(**settings).fit(
        churn_features(rows),
        rows["churned"],
        rows["cutoff"],
        rows["closes"],
        rows["customer_id"],
    )


@pytest.fixture(scope="module")
def fitted(rows: pd.DataFrame) -> ChurnClassifier:
    return _fit(rows)


def test_candidates_are_judged_on_the_newest_window_and_the_choice_is_theirs(rows, fitted):
    assert fitted.contest_ == "time"
    assert set(rows.loc[fitted.test_rows_, "cutoff"]) == {rows["cutoff"].max()}
    losses = {name: figures["log_loss"] for name, figures in fitted.comparison_.items()}
    assert len(losses) == 5
    assert fitted.model_name_ == choose(losses)


@pytest.mark.parametrize(
    ("losses", "chosen"),
    [
        ({"recency_rule": 0.58, "combination": 0.60}, "combination"),
        ({"recency_rule": 0.56, "combination": 0.60}, "recency_rule"),
        ({"recency_rule": 0.61, "combination": 0.60}, "combination"),
        ({"base_rate": 0.60}, "base_rate"),
    ],
)
def test_the_combination_wins_unless_another_is_better_by_more_than_a_twentieth(losses, chosen):
    assert choose(losses) == chosen


def test_the_season_of_the_year_before_moves_probabilities_and_nothing_else(rows, fitted):
    seen, later = churn_features(rows), pd.Timestamp("2024-08-31")
    model = clone(fitted)
    model.__dict__ |= vars(fitted) | {"season_": Season()}
    model.season_.opened_, model.season_.level_ = days_since_1970(["2023-08-31"]), np.array([0.7])
    moved = model.predict_proba(seen, [later] * len(seen))[:, 1]
    assert np.log(moved / (1 - moved)) == pytest.approx(fitted.decision_function(seen) + 0.7)
    assert (model.predict_proba(seen) == fitted.predict_proba(seen)).all()


def test_what_candidates_say_in_the_contest_is_known_before_its_window_opens(rows, fitted):
    """Outcomes of windows that are open when the newest begins change no forecast of it."""
    opens = rows["cutoff"].max()
    changed = rows.assign(
        churned=rows["churned"].where(
            (rows["closes"] <= opens) | (rows["cutoff"] == opens), 1 - rows["churned"]
        )
    )
    assert (changed["churned"] != rows["churned"]).any()
    again = _fit(changed, check_leaks=False)
    for name, forecast in fitted.test_probability_.items():
        assert (again.test_probability_[name] == forecast).all()


def test_later_customers_are_ranked_and_the_probabilities_hold(rows):
    newest = rows["cutoff"] == rows["cutoff"].max()
    model = _fit(rows[rows["closes"] <= rows["cutoff"].max()])
    chance = model.predict_proba(churn_features(rows[newest]), rows.loc[newest, "cutoff"])[:, 1]
    outcome = rows.loc[newest, "churned"]
    assert roc_auc(outcome, chance) > 0.75
    assert expected_calibration_error(outcome, chance) < 0.1


def test_contributions_and_intercept_are_the_calibrated_log_odds(rows, fitted):
    seen = churn_features(rows)
    total = fitted.intercept_ + fitted.contributions(seen).sum(axis=1).to_numpy()
    assert fitted.predict_proba(seen)[:, 1] == pytest.approx(1 / (1 + np.exp(-total)), abs=1e-12)


def test_a_cutoff_before_training_labels_close_is_refused(rows, fitted):
    early = rows[rows["cutoff"] == rows["cutoff"].max()]
    with pytest.raises(ValueError, match="labels of training close on 2024-01-29, after"):
        fitted.predict_proba(churn_features(early), early["cutoff"])


def test_a_feature_from_the_future_is_refused_by_name(rows):
    leak = churn_features(rows).assign(next_purchase_in=np.where(rows["churned"] == 1, 400, 9))
    with pytest.raises(ValueError, match="the outcome stands in next_purchase_in"):
        ChurnClassifier().fit(leak, rows["churned"], rows["cutoff"], rows["closes"])


def test_the_same_seed_gives_the_same_scores_to_the_last_digit(rows, fitted):
    seen = churn_features(rows)
    assert (_fit(rows).predict_proba(seen) == fitted.predict_proba(seen)).all()


def test_large_tables_are_drawn_by_customer(rows):
    drawn = _fit(rows, max_rows=1500)
    judged = rows.loc[drawn.test_rows_, "customer_id"]
    assert drawn.n_rows_ == len(rows)
    assert 200 < len(judged) < 600
    assert judged.is_unique


def _plain(n: int, events: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    y = (np.arange(n) < events).astype(float)
    return pd.DataFrame({"calls": rng.poisson(2 + 2 * y), "plan": rng.choice(["a", "b"], n)}), y


def test_a_plain_table_is_judged_on_customers_not_seen():
    seen, y = _plain(400, 150)
    fitted = ChurnClassifier().fit(seen, y)
    assert fitted.contest_ == "customers"
    assert len(fitted.test_outcome_) == 400
    assert set(fitted.comparison_) == {"logistic_regression", "additive_boosting", "combination"}


def test_few_customers_get_the_recency_rule(rows):
    few = rows[rows["customer_id"].isin(rows["customer_id"].unique()[:100])]
    fitted = _fit(few)
    assert fitted.model_name_ == "recency_rule"
    assert set(fitted.contributions(churn_features(few))) <= {"recency_days", "recency_over_pace"}


@pytest.mark.parametrize(
    ("n", "events"), [(1, 0), (1, 1), (25, 10), (500, 0), (500, 3), (500, 500)]
)
def test_too_little_to_learn_from_gives_the_base_rate_which_is_never_certain(n, events):
    seen, y = _plain(n, events)
    fitted = ChurnClassifier().fit(seen, y)
    chance = fitted.predict_proba(seen)[:, 1]
    assert fitted.model_name_ == "base_rate"
    assert chance == pytest.approx(np.full(n, (events + 0.5) / (n + 1)), abs=1e-6)
    assert fitted.contributions(seen).shape == (n, 0)


def test_features_that_tell_nothing_leave_the_base_rate_and_do_no_harm():
    y = (np.arange(400) % 4 == 0).astype(float)
    seen = pd.DataFrame({"one": 1, "none": np.nan, "word": "same"}, index=range(400))
    fitted = ChurnClassifier().fit(seen.assign(repeat_count=0, tenure_days=9, recency_days=9), y)
    assert fitted.predict_proba(seen.assign(repeat_count=0, tenure_days=9, recency_days=9))[
        :, 1
    ] == pytest.approx(np.full(400, 0.25), abs=0.01)


def test_it_is_cloned_as_scikit_learn_does():
    assert clone(ChurnClassifier(folds=5)).get_params()["folds"] == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": [0, 1, np.nan]}, "leave out windows still open"),
        ({"y": [0, 1]}, "must have the same rows"),
        ({"y": [0, 1, 0], "cutoff": ["2024-01-01"] * 3}, "both cutoff and closes"),
        (
            {"y": [0, 1, 0], "cutoff": ["2024-01-01"] * 3, "closes": ["2024-01-01"] * 3},
            "must close after its cutoff",
        ),
    ],
)
def test_bad_input_is_refused_with_the_reason(arguments, message):
    with pytest.raises(ValueError, match=message):
        ChurnClassifier().fit(pd.DataFrame({"x": [1, 2, 3]}), **arguments)
