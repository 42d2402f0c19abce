import numpy as np

from orchestration.sample.outreach.campaigns import SPIKE_FACTOR, draw_channel_costs, plan_campaigns


def test_a_campaign_for_new_accounts_runs_on_every_day(club):
    campaigns = plan_campaigns(club.timetable)
    new = campaigns[campaigns["campaign_id"].str.startswith("NEW")]
    assert new["campaign_id"].tolist()[:2] == ["NEW-2024Q1", "NEW-2024Q2"]
    assert (new["start"].to_numpy()[1:] == new["end"].to_numpy()[:-1] + 1).all()
    assert new["start"].min() <= 0
    assert new["end"].max() >= club.timetable.last


def test_the_named_days_alone_cost_many_times_the_usual(club):
    campaigns = plan_campaigns(club.timetable)
    costs, spikes = draw_channel_costs(np.random.default_rng(8), campaigns, club.timetable)
    key = ["campaign_id", "channel", "cost_date"]
    assert not costs.duplicated(key).any()
    usual = costs.groupby(["campaign_id", "channel"])["cost"].transform("median")
    dear = costs[costs["cost"] > SPIKE_FACTOR / 2 * usual]
    assert dear[key].sort_values(key).to_numpy().tolist() == spikes[key].to_numpy().tolist()
