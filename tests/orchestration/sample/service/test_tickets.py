import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.service.tickets import (
    TICKETS_PER_DAY,
    UNREST_TICKETS_PER_DAY,
    draw_tickets,
)


@pytest.fixture(scope="module")
def tickets(club):
    delivered, truth = draw_tickets(np.random.default_rng(8), club.customers, club.timetable)
    last = delivered.drop_duplicates("ticket_id", keep="last")
    return last.merge(truth.drop(columns=["customer_id", "category"]), on="ticket_id")


def test_customers_about_to_leave_write_more_by_the_known_factor(club, tickets):
    customers = club.customers[club.customers["left"] < NEVER]
    days = (customers["last_active"] - customers["unrest_from"] + 1).sum()
    expected = (TICKETS_PER_DAY + UNREST_TICKETS_PER_DAY) * days
    assert tickets["is_unrest"].sum() == pytest.approx(expected, abs=3 * np.sqrt(expected))


def test_customers_about_to_leave_are_in_worse_spirits(tickets):
    means = tickets.groupby("is_unrest")["sentiment"].mean()
    assert means[True] < means[False] - 0.4


def test_scores_follow_the_mood_within_their_scales(tickets):
    for column, least, most in (("csat_score", 1, 5), ("nps_score", 0, 10)):
        given = tickets[tickets[column].notna()]
        assert given[column].between(least, most).all()
        assert np.corrcoef(given["mood"], given[column].astype(float))[0, 1] > 0.7


def test_the_worst_category_is_billing(tickets):
    assert tickets.groupby("category")["mood"].mean().idxmin() == "billing"


def test_tickets_close_in_office_hours_after_they_open(tickets):
    closed = tickets[tickets["status"] == "solved"]
    assert (closed["closed_at"] >= closed["opened_at"]).all()
    assert closed["closed_at"].dt.hour.between(7, 21).all()
    assert tickets.loc[tickets["status"] == "open", "closed_at"].isna().all()


def test_urgent_tickets_are_quicker(tickets):
    hours = (tickets["closed_at"] - tickets["opened_at"]).groupby(tickets["priority"]).median()
    assert hours["urgent"] < hours["high"] < hours["normal"] < hours["low"]


def test_only_scores_of_closed_tickets_are_known(tickets):
    open_ones = tickets[tickets["status"] == "open"]
    assert len(open_ones) > 0
    assert open_ones[["csat_score", "nps_score"]].isna().all().all()
