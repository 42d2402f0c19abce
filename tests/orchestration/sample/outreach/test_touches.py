import numpy as np
import pytest

from orchestration.sample.draws import NEVER
from orchestration.sample.outreach.touches import DELIVERED, TOUCH_DAYS, first_day


def test_nothing_happens_before_a_lead_comes_in_or_after_it_converts(outreach):
    lead = outreach.leads.iloc[outreach.touches["lead"]]
    day = outreach.touches["day"].to_numpy()
    assert (day >= lead["created"]).all()
    assert (day <= np.minimum(lead["converted"], lead["created"] + TOUCH_DAYS)).all()


def test_every_message_is_delivered_or_bounces_once(outreach):
    messages = outreach.touches[outreach.touches["message"] >= 0]
    counts = messages.groupby(["message", "event_type"]).size().unstack(fill_value=0)
    assert counts.max().max() == 1
    assert (counts["sent"] == counts["delivered"] + counts["bounced"]).all()
    assert (counts["delivered"] >= counts[["opened", "replied"]].max(axis=1)).all()


@pytest.mark.parametrize("channel", DELIVERED)
def test_messages_arrive_as_often_as_the_channel_lets_them(outreach, channel):
    counts = outreach.touches.loc[outreach.touches["channel"] == channel, "event_type"]
    counts = counts.value_counts()
    error = np.sqrt(DELIVERED[channel] * (1 - DELIVERED[channel]) / counts["sent"])
    share = counts["delivered"] / counts["sent"]
    assert share == pytest.approx(DELIVERED[channel], abs=3 * error)


def test_every_conversion_is_an_event_of_the_last_touchs_channel(club, outreach):
    converted = outreach.leads["converted"].to_numpy()
    events = outreach.touches.set_index("lead")
    conversions = events[events["event_type"] == "converted"]
    assert sorted(conversions.index) == np.flatnonzero(converted < NEVER).tolist()
    touches = events[events["event_type"].isin(["sent", "impression"])]
    last = touches.groupby("lead")["channel"].last()
    expected = last.reindex(conversions.index).fillna("direct")
    assert (conversions["channel"] == expected).all()


def test_the_first_day_of_an_event_is_never_where_there_is_none(outreach):
    size = len(outreach.leads)
    replied = first_day(outreach.touches, size, "replied")
    some = outreach.touches.loc[outreach.touches["event_type"] == "replied", "lead"]
    assert set(np.flatnonzero(replied < NEVER)) == set(some)
