import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.lives import Lives
from orchestration.sample.members import draw_members


@pytest.fixture(scope="module")
def members():
    rng = np.random.default_rng(4)
    size = 20_000
    score = rng.normal(size=size)
    acquired = rng.integers(0, 300, size)
    dropped_out = np.where(rng.random(size) < 0.5, acquired + 50, NEVER)
    drawn = draw_members(rng, Lives(score, acquired, dropped_out, 365))
    return drawn.assign(score=score, dropped_out=dropped_out, acquired=acquired)


def test_the_better_members_are_on_the_better_plans(members):
    means = members.groupby("membership_type")["score"].mean()
    assert means["day"] < means["standard"] < means["premium"] < means["corporate"]


def test_ids_and_mailboxes_are_unique(members):
    assert members["member_id"].is_unique
    assert members["email"].is_unique


def test_a_membership_ends_step_by_step_after_dropout(members):
    left = members[members["cancelled"] < NEVER]
    assert (left["dropped_out"] < left["cancelled"]).all()
    assert (members["removed"] > members["cancelled"])[members["removed"] < NEVER].all()
    assert (members["cancelled"] == NEVER)[members["dropped_out"] == NEVER].all()


def test_members_join_before_they_can_have_booked(members):
    assert (members["known"] <= members["acquired"] - 14).all()
