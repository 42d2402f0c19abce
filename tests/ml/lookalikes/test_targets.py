import hashlib

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from scipy.stats import spearmanr

from ml.lookalikes import find_lookalikes
from ml.registry.artifact import dumps, loads


def test_prospects_like_the_best_customers_come_first(found, prospects):
    ranked = found.targets.merge(prospects[["prospect_id", "value"]], on="prospect_id")
    assert spearmanr(ranked["similarity_score"], ranked["value"])[0] > 0.8
    assert spearmanr(ranked["expected_margin"], ranked["value"])[0] > 0.8
    assert found.metrics["auc"] > 0.8


def test_scores_and_tiers_are_within_their_bounds(found):
    targets = found.targets
    assert targets["similarity_score"].between(0, 100).all()
    assert targets["opportunity_score"].between(0, 100).all()
    lowest = targets.groupby("tier")["expected_margin"].min()
    highest = targets.groupby("tier")["expected_margin"].max()
    assert lowest["A"] > highest["B"]
    assert lowest["B"] > highest["C"]


def test_tier_a_brings_half_of_what_is_expected(found):
    margin = found.targets["expected_margin"]
    share = margin[found.targets["tier"] == "A"].sum() / margin.sum()
    assert share == pytest.approx(0.5, abs=0.02)


def test_reasons_add_up_to_the_similarity_score(found):
    total = found.reasons.groupby("target_id")["contribution"].sum()
    score = found.targets.set_index("target_id")["similarity_score"]
    np.testing.assert_allclose(total[score.index], logit(score / 100), atol=1e-9)


def test_reason_codes_name_the_traits_that_raise_the_score_most(found):
    reasons = found.reasons[(found.reasons["position"] == 1)].set_index("target_id")
    targets = found.targets.set_index("target_id")
    best = targets["similarity_score"].idxmax()
    first = reasons.loc[best]
    assert first["trait"] in {"industry", "employee_count"}
    assert targets.loc[best, "reason_codes"].split("; ")[0].endswith(f": {first['trait_value']}")
    assert "Country" not in " ".join(targets["reason_codes"])


def test_lapsed_companies_are_won_back_and_others_are_no_targets(found, customers):
    won_back = found.targets[found.targets["source"] == "win_back"]
    lapsed = customers.loc[customers["is_lapsed"], "customer_id"]
    assert sorted(won_back["customer_id"]) == sorted(lapsed)
    assert (found.targets["source"] == "net_new").sum() == 200


def test_companies_that_are_customers_already_are_no_targets(customers, prospects, found):
    ours = customers.head(10)
    copies = prospects.head(10).assign(
        prospect_id=[f"COPY{n}" for n in range(10)],
        company_name=("The " + ours["customer_name"].str.upper() + ", LLC").to_numpy(),
        domain=np.where(np.arange(10) < 5, "https://www." + ours["domain"], None),
        city=ours["city"].to_numpy(),
    )
    result = find_lookalikes(
        customers, pd.concat([prospects, copies]), organization_id="club", random_state=3
    )
    assert result.metrics["n_already_customers"] == 10
    pd.testing.assert_frame_equal(result.targets, found.targets, check_exact=True)


def test_target_ids_are_those_that_decisions_refer_to(found):
    targets = found.targets.set_index("target_id")
    prospect, customer = (
        hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
        for key in ("club|P7", f"club|account|{targets['customer_id'].dropna().iloc[0]}")
    )
    assert targets.loc[prospect, "prospect_id"] == "P7"
    assert targets.loc[customer, "source"] == "win_back"
    assert targets.index.is_unique


def test_the_order_of_rows_changes_nothing(customers, prospects, found):
    again = find_lookalikes(
        customers.sample(frac=1, random_state=1),
        prospects.sample(frac=1, random_state=1),
        organization_id="club",
        random_state=3,
    )
    pd.testing.assert_frame_equal(again.targets, found.targets, check_exact=True)
    pd.testing.assert_frame_equal(again.reasons, found.reasons, check_exact=True)


def test_a_model_that_stands_scores_as_it_was_trained(customers, prospects, found):
    model = loads(dumps(found.model))
    again = find_lookalikes(customers, prospects, organization_id="club", model=model)
    pd.testing.assert_frame_equal(again.targets, found.targets, check_exact=True)


def test_a_customers_own_margin_tells_more_the_more_they_bought(customers, found):
    one = customers.head(1).assign(total_gross_margin=9000.0, days_as_customer=730)
    kind = found.model.margin_.predict(_described(one))[0]
    for purchases, own in ((0, 0.0), (3, 0.5), (27, 0.9)):
        expected = found.model.expected_margin(one.assign(order_count=purchases))
        yearly = 9000 / (730 / 365.25)
        assert expected[0] == pytest.approx(own * yearly + (1 - own) * kind)


def test_without_customers_nothing_is_pretended(customers, prospects):
    result = find_lookalikes(customers[:0], prospects, organization_id="club")
    assert result.targets["model_name"].unique() == ["no_profile"]
    assert result.targets["margin_model_name"].unique() == ["mean_margin"]
    assert (result.targets["similarity_score"] == 50).all()
    assert (result.targets["opportunity_score"] == 0).all()
    assert (result.targets["reason_codes"] == "").all()
    assert (result.targets["tier"] == "C").all()


def test_without_prospects_lapsed_customers_are_ranked(customers, prospects):
    result = find_lookalikes(customers, prospects[:0], organization_id="club")
    assert set(result.targets["source"]) == {"win_back"}
    assert result.targets["similarity_score"].nunique() > 1


def test_persons_are_no_companies(customers, prospects):
    members = customers.assign(customer_type="member")
    result = find_lookalikes(members, prospects, organization_id="club")
    assert set(result.targets["source"]) == {"net_new"}
    assert result.metrics["n_best"] == 0


def test_attributes_that_nobody_has_are_no_crash(customers, prospects):
    unknown = {"industry": None, "naics": None, "city": None, "annual_revenue": np.nan}
    result = find_lookalikes(
        customers.assign(**unknown, country=None, employee_count=pd.NA),
        prospects.assign(**unknown, country=None, employee_count=pd.NA),
        organization_id="club",
    )
    assert result.targets["model_name"].unique() == ["no_profile"]
    assert len(result.targets) > 200


def test_missing_columns_and_doubled_keys_are_named(customers, prospects):
    with pytest.raises(ValueError, match="customers has no column is_lapsed"):
        find_lookalikes(customers.drop(columns="is_lapsed"), prospects, organization_id="club")
    with pytest.raises(ValueError, match="prospects has several rows with the same prospect_id"):
        find_lookalikes(customers, pd.concat([prospects, prospects]), organization_id="club")


def _described(companies: pd.DataFrame) -> pd.DataFrame:
    from ml.lookalikes.companies import describe_companies  # noqa: PLC0415 - for one test

    return describe_companies(companies)
