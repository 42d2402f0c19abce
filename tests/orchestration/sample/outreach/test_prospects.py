import numpy as np

from orchestration.sample.companies import EMPLOYEE_TILT
from orchestration.sample.outreach.prospects import KNOWN_SHARE


def test_better_prospects_are_larger_as_better_accounts_are(outreach):
    new = outreach.prospects[outreach.prospects["score"].notna()]
    slope = np.polyfit(new["score"].astype(float), np.log(new["employee_count"]), 1)[0]
    assert abs(slope - EMPLOYEE_TILT) < 0.06


def test_prospects_without_a_score_are_the_accounts_that_the_links_name(club, outreach):
    known = outreach.prospects[outreach.prospects["score"].isna()].set_index("prospect_id")
    assert sorted(known.index) == sorted(outreach.links["left_id"])
    accounts = club.simulation.accounts.attributes.set_index("customer_id")
    linked = accounts.loc[outreach.links["right_id"]]
    found = known.loc[outreach.links["left_id"]]
    assert np.array_equal(linked["employee_count"], found["employee_count"])
    assert 0.7 * KNOWN_SHARE < len(known) / len(accounts) < 1.3 * KNOWN_SHARE


def test_an_account_among_the_prospects_is_spelled_otherwise(club, outreach):
    names = set(club.simulation.accounts.attributes["customer_name"])
    known = outreach.prospects.loc[outreach.prospects["score"].isna(), "company_name"]
    assert known.isin(names).mean() < 0.3


def test_some_of_them_come_without_a_domain(outreach):
    known = outreach.prospects[outreach.prospects["score"].isna()]
    assert 0.25 < known["domain"].isna().mean() < 0.55
