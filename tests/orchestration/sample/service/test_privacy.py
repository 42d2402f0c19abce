import numpy as np
import pytest

from orchestration.sample.service.privacy import (
    GRANTED_SHARES,
    draw_consents,
    draw_erasure_requests,
)


def test_every_customer_answers_each_purpose_once_known(club):
    consents = draw_consents(np.random.default_rng(8), club.customers, club.timetable)
    first = consents.drop_duplicates(["customer_id", "purpose"])
    known = (club.customers["known"] <= club.timetable.last).sum()
    assert len(first) == len(GRANTED_SHARES) * known
    for purpose, share in GRANTED_SHARES.items():
        granted = first.loc[first["purpose"] == purpose, "granted"].mean()
        assert granted == pytest.approx(share, abs=0.03)


def test_some_change_their_mind(club):
    consents = draw_consents(np.random.default_rng(8), club.customers, club.timetable)
    changed = consents[consents.duplicated(["customer_id", "purpose"])]
    assert 0.02 < len(changed) / len(consents) < 0.08


def test_only_those_who_left_for_good_ask_for_erasure(club):
    requests = draw_erasure_requests(np.random.default_rng(8), club.customers, club.timetable)
    who = club.customers.set_index("customer_id").loc[requests["customer_id"]]
    assert len(requests) > 5
    assert (who["left"] <= club.timetable.last).all()
    assert (who["returned"] > club.timetable.last).all()
