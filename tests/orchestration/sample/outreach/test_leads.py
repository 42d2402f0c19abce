import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.outreach.leads import (
    BASE_LOG_ODDS,
    CHANNELS,
    LOG_ODDS,
    link_leads,
    list_leads,
)


def test_leads_convert_by_their_probability(outreach):
    new = outreach.leads[outreach.leads["is_new"]]
    error = np.sqrt((new["probability"] * (1 - new["probability"])).sum())
    assert (new["converted"] < NEVER).sum() == pytest.approx(
        new["probability"].sum(), abs=3 * error
    )


def test_the_probability_adds_up_what_each_channel_brings(outreach):
    new = outreach.leads[outreach.leads["is_new"]]
    reached = new[[f"reached_by_{channel}" for channel in CHANNELS]].to_numpy(dtype=float)
    odds = np.log(new["probability"] / (1 - new["probability"]))
    assert np.allclose(odds, BASE_LOG_ODDS + reached @ np.array(LOG_ODDS))


def test_a_lead_becomes_one_account_on_the_day_of_its_first_order(club, outreach):
    won = outreach.leads[outreach.leads["is_new"] & (outreach.leads["converted"] < NEVER)]
    who = club.customers.iloc[won["customer"]]
    assert won["customer"].is_unique
    assert set(who["customer_type"]) == {"account"}
    assert np.array_equal(won["converted"], who["acquired"])
    assert (won["created"] < won["converted"]).all()


def test_every_dormant_customer_with_an_offer_is_a_lead(club, outreach):
    dormant = outreach.leads[~outreach.leads["is_new"]]
    assert sorted(dormant["customer"]) == np.flatnonzero(club.customers["offered"]).tolist()


def test_a_lead_runs_in_a_campaign_that_runs_when_it_comes_in(outreach):
    joined = outreach.leads.merge(outreach.campaigns, on="campaign_id")
    assert len(joined) == len(outreach.leads)
    assert joined["created"].between(joined["start"], joined["end"]).all()


def test_the_list_names_the_account_of_some_converted_leads_only(club, outreach):
    never = np.full(len(outreach.leads), NEVER)
    listed = list_leads(outreach.leads, club.customers, never, never, club.timetable)
    new = listed[listed["campaign_id"].str.startswith("NEW")]
    named = new["customer_id"].notna().groupby(new["status"]).mean()
    assert named["new"] == named["lost"] == 0
    assert 0.5 < named["converted"] < 0.9


def test_the_truth_tells_which_prospect_a_lead_is(club, outreach):
    told = link_leads(outreach.leads, club.customers, outreach.prospects)
    told = told[told["right_type"] == "prospect"]
    leads = outreach.leads.set_index("lead_id").loc[told["left_id"]]
    prospects = outreach.prospects.set_index("prospect_id").loc[told["right_id"]]
    assert len(told) > 100
    assert leads["domain"].tolist() == prospects["domain"].tolist()
    assert (leads["customer"] < 0).all()
