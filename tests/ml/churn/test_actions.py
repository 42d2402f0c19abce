"""Bands and recommended actions."""

import numpy as np
import pandas as pd
import pytest

from ml.churn.actions import ACTIONS, recommended_actions, risk_bands, valuable

BANDS_AT = {
    0.0: "low",
    0.2499: "low",
    0.25: "medium",
    0.5: "high",
    0.75: "critical",
    1.0: "critical",
}


@pytest.mark.parametrize(("probability", "band"), [*BANDS_AT.items(), (np.nan, "unknown")])
def test_bands_begin_at_their_cut_points(probability, band):
    assert risk_bands(pd.Series([probability])).item() == band


@pytest.mark.parametrize(
    ("band", "is_valuable", "factor", "action"),
    [
        ("critical", True, "service", "settle_complaint"),
        ("critical", True, "recency", "personal_call"),
        ("high", False, "membership", "membership_review"),
        ("high", False, "visits", "invite_to_return"),
        ("critical", False, "recency", "win_back_offer"),
        ("high", False, None, "reminder_with_offer"),
        ("medium", True, "recommendation", "service_check_in"),
        ("medium", True, "spend", "personal_message"),
        ("medium", False, "spend", "reminder"),
        ("low", True, "service", "thank"),
        ("low", False, "service", "none"),
        ("unknown", True, None, "wait_for_history"),
    ],
)
def test_the_first_rule_that_fits_decides(band, is_valuable, factor, action):
    chosen = recommended_actions(
        pd.Series([band]), pd.Series([is_valuable]), pd.Series([factor], dtype="str")
    )
    assert chosen.item() == action


def test_every_action_of_the_table_is_tried_above():
    marks = test_the_first_rule_that_fits_decides.pytestmark[0].args[1]
    assert {case[3] for case in marks} == {action for *_, action in ACTIONS}


def test_the_top_fifth_of_positive_values_is_valuable():
    value = pd.Series([-5.0, 0.0, np.nan, *range(1, 11)])
    assert value[valuable(value)].tolist() == [9, 10]
    assert not valuable(pd.Series([np.nan, 0.0])).any()
