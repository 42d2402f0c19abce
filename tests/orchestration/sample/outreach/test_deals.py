import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.outreach.deals import draw_deals
from orchestration.sample.outreach.touches import first_day


@pytest.fixture(scope="module")
def deals(club, outreach):
    replied = first_day(outreach.touches, len(outreach.leads), "replied")
    rng = np.random.default_rng(8)
    return draw_deals(rng, outreach.leads, club.customers, replied, club.timetable)


def test_a_deal_is_won_where_the_lead_converts(outreach, deals):
    last = deals.drop_duplicates("deal_id", keep="last").merge(outreach.leads, on="lead_id")
    assert set(last["deal_stage"]) == {"pipeline", "won", "lost"}
    assert ((last["deal_stage"] == "won") == (last["converted"] < NEVER)).all()
    assert len(last) > (outreach.leads["is_new"] & (outreach.leads["converted"] < NEVER)).sum()


def test_a_won_deal_is_worth_about_a_year_of_the_account(club, outreach, deals):
    won = deals[deals["deal_stage"] == "won"].merge(outreach.leads, on="lead_id")
    yearly = club.customers["yearly_value"].to_numpy()[won["customer"]]
    assert np.median(won["deal_value"] / yearly) == pytest.approx(1, abs=0.1)


def test_a_deal_closes_after_it_opens_and_is_certain_then(deals):
    closed = deals[deals["closed_at"].notna()]
    assert (closed["closed_at"] > closed["created_at"]).all()
    assert (closed["close_probability"] == (closed["deal_stage"] == "won")).all()
    assert (
        deals.loc[deals["deal_stage"] == "pipeline", "close_probability"].between(0.05, 0.95).all()
    )
