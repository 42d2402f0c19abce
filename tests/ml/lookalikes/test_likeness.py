import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.base import clone

from ml.evaluation.classification import roc_auc
from ml.lookalikes import BestCustomerLikeness

TRAITS = {"color": ("color",), "size": ("size",)}


def market(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw companies, and who is good: red ones with odds of 3, others of 1 / 3."""
    rng = np.random.default_rng(seed)
    color = rng.choice(["red", "blue"], count)
    good = rng.random(count) < np.where(color == "red", 0.75, 0.25)
    return pd.DataFrame({"color": color, "size": rng.random(count)}), good


def test_the_score_is_how_many_times_commoner_such_companies_are_among_the_best():
    companies, good = market(20_000, seed=1)
    known = good & (np.random.default_rng(2).random(len(good)) < 0.2)
    fitted = BestCustomerLikeness(TRAITS).fit(companies, known)
    red = (companies["color"] == "red").to_numpy()
    share = fitted.predict_proba(companies)[:, 1]
    for color in (red, ~red):
        commoner = color[known].mean() / color[~known].mean()
        odds = share[color] / (1 - share[color])
        assert np.median(odds) == pytest.approx(commoner, rel=0.05)


def test_hidden_good_companies_rank_as_high_as_those_known():
    companies, good = market(4000, seed=3)
    known = good & (np.arange(4000) < 800)
    fitted = BestCustomerLikeness(TRAITS).fit(companies, known)
    ranking = fitted.decision_function(companies)
    best_possible = roc_auc(good[800:], (companies["color"] == "red")[800:].to_numpy(float))
    assert roc_auc(good[800:], ranking[800:]) > best_possible - 0.02


def test_contributions_add_up_to_the_score():
    companies, good = market(500, seed=4)
    fitted = BestCustomerLikeness(TRAITS).fit(companies, good)
    total = fitted.intercept_ + fitted.contributions(companies).sum(axis=1)
    np.testing.assert_allclose(total, logit(fitted.predict_proba(companies)[:, 1]), atol=1e-12)


def test_an_unknown_trait_contributes_nothing():
    companies, good = market(500, seed=4)
    fitted = BestCustomerLikeness(TRAITS).fit(companies, good)
    unknown = pd.DataFrame({"color": [None], "size": [np.nan]})
    assert fitted.contributions(unknown).tolist() == [[0.0, 0.0]]


def test_best_customers_like_all_others_have_no_profile():
    companies, _ = market(500, seed=5)
    best = np.random.default_rng(11).random(500) < 0.2
    fitted = BestCustomerLikeness(TRAITS).fit(companies, best)
    assert fitted.model_name_ == "no_profile"
    assert (fitted.predict_proba(companies) == 0.5).all()
    assert fitted.held_out_["log_loss"] == pytest.approx(np.log(2), abs=0.01)


@pytest.mark.parametrize("best", [0, 5, 500])
def test_without_both_sides_there_is_no_profile(best):
    companies, _ = market(500, seed=5)
    fitted = BestCustomerLikeness(TRAITS).fit(companies, np.arange(500) < best)
    assert fitted.model_name_ == "no_profile"
    assert (fitted.predict_proba(companies) == 0.5).all()


def test_the_same_seed_gives_the_same_scores_to_the_last_digit():
    companies, good = market(500, seed=6)
    model = BestCustomerLikeness(TRAITS, market_sample=100, random_state=4)
    one, other = (clone(model).fit(companies, good).predict_proba(companies) for _ in range(2))
    assert (one == other).all()


def test_held_out_figures_are_those_of_companies_that_the_fit_did_not_see():
    companies, good = market(6000, seed=7)
    fitted = BestCustomerLikeness(TRAITS).fit(companies, good)
    fresh, truth = market(6000, seed=8)
    assert fitted.held_out_["auc"] == pytest.approx(
        roc_auc(truth, fitted.decision_function(fresh)), abs=0.03
    )


def test_labels_of_another_length_are_refused():
    companies, good = market(10, seed=6)
    with pytest.raises(ValueError, match="must agree"):
        BestCustomerLikeness(TRAITS).fit(companies, good[:5])


def test_churners_of_whom_half_are_hidden_are_ranked(shared_data):
    customers = pd.read_csv(shared_data / "data" / "telco_churn.csv").drop(columns="customerID")
    churned = customers.pop("Churn").eq("Yes").to_numpy()
    customers["TotalCharges"] = pd.to_numeric(customers["TotalCharges"], errors="coerce")
    known = churned & (np.random.default_rng(0).random(len(churned)) < 0.5)
    fitted = BestCustomerLikeness({name: (name,) for name in customers}).fit(customers, known)
    ranking = fitted.decision_function(customers)
    assert roc_auc(churned[~known], ranking[~known]) > 0.83
