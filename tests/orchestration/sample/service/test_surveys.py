import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.service.surveys import (
    MOTIVATION_QUESTION,
    NPS_QUESTION,
    draw_surveys,
)


@pytest.fixture(scope="module")
def responses(club):
    plans = club.simulation.members.attributes["membership_type"]
    drawn = draw_surveys(np.random.default_rng(8), club.customers, plans, club.timetable)
    plans = plans.set_axis(club.simulation.members.attributes["member_id"])
    members = club.customers.rename(columns={"customer_id": "member_id"})
    return drawn.assign(plan=drawn["member_id"].map(plans)).merge(members, on="member_id")


def test_who_leaves_recommends_less(responses):
    nps = responses[(responses["question"] == NPS_QUESTION) & responses["response"].notna()]
    score = nps["response"].astype(int)
    assert score.between(0, 10).all()
    leaves = nps["left"] < NEVER
    assert score[leaves].mean() < score[~leaves].mean() - 0.8


def test_corporate_members_came_to_network(responses):
    motivation = responses[responses["question"] == MOTIVATION_QUESTION]
    networks = (motivation["response"] == "networking").groupby(motivation["plan"]).mean()
    assert networks["corporate"] > 0.45
    assert networks["standard"] < 0.15


def test_surveys_are_named_after_their_quarter(responses):
    answered = responses["responded_at"].dt
    quarter = answered.year.astype(str) + "_q" + answered.quarter.astype(str)
    assert (responses["survey_name"].str.split("_", n=1).str[1] == quarter).all()


def test_some_questions_stay_without_an_answer(responses):
    assert 0.01 < responses["response"].isna().mean() < 0.06
