import numpy as np
import pytest

from orchestration.sample.service.interactions import draw_interactions


@pytest.fixture(scope="module")
def interactions(club):
    drawn = draw_interactions(np.random.default_rng(8), club.customers, club.timetable)
    last = drawn.drop_duplicates("interaction_id", keep="last")
    return last.merge(club.customers, on="customer_id")


def test_who_leaves_complains_more_per_day(club, interactions):
    stays = club.customers["left"] > club.timetable.last
    days = (club.customers["last_active"] - club.customers["acquired"] + 1).clip(lower=0)
    complaints = interactions[interactions["interaction_type"] == "complaint"]
    of_stayers = (complaints["left"] > club.timetable.last).sum()
    rate = of_stayers / days[stays].sum()
    assert (len(complaints) - of_stayers) / days[~stays].sum() > 3 * rate


def test_better_accounts_are_met_more_often(interactions):
    accounts = interactions[interactions["customer_type"] == "account"]
    assert accounts["score"].mean() > 0.1


def test_members_are_not_visited(interactions):
    meetings = interactions[interactions["interaction_type"] == "meeting"]
    assert set(meetings["customer_type"]) == {"account"}


def test_every_offer_to_a_dormant_customer_is_noted(club, interactions):
    noted = interactions.loc[
        interactions["subject"] == "We would like to see you again", "customer_id"
    ]
    offered = club.customers.loc[club.customers["offered"], "customer_id"]
    assert sorted(noted) == sorted(offered)


def test_contacts_are_settled_in_the_end_but_for_the_newest(club, interactions):
    pending = interactions[interactions["status"] == "pending"]
    age = club.timetable.calendar[-1] - pending["interaction_at"].to_numpy().astype("M8[D]")
    assert (age < np.timedelta64(6, "D")).all()
    assert set(interactions["status"]) == {"pending", "in_progress", "completed", "cancelled"}
