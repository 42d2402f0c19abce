"""What a probability of churn means, and what to do about it: two tables to be read top down."""

import numpy as np
import pandas as pd

# Fixed, so that a band means the same for every organization and model: of a hundred customers in
# it, so many are expected to leave. From this probability on:
BANDS = {"low": 0.0, "medium": 0.25, "high": 0.5, "critical": 0.75}
UNKNOWN = "unknown"

_VALUABLE_SHARE = 0.2
_SERVICE = ("service", "recommendation", "cancellations and returns")
_ENGAGEMENT = ("interactions", "visits", "variety of purchases")
_MEMBERSHIP = ("membership", "time as customer")

# Bands, valuable customers only, leading factor (None for any), action; the first that fits holds.
ACTIONS: list[tuple[tuple[str, ...], bool, tuple[str, ...] | None, str]] = [
    ((UNKNOWN,), False, None, "wait_for_history"),
    (("critical", "high"), False, _SERVICE, "settle_complaint"),
    (("critical", "high"), True, None, "personal_call"),
    (("critical", "high"), False, _MEMBERSHIP, "membership_review"),
    (("critical", "high"), False, _ENGAGEMENT, "invite_to_return"),
    (("critical",), False, None, "win_back_offer"),
    (("high",), False, None, "reminder_with_offer"),
    (("medium",), False, _SERVICE, "service_check_in"),
    (("medium",), True, None, "personal_message"),
    (("medium",), False, None, "reminder"),
    (("low",), True, None, "thank"),
    (("low",), False, None, "none"),
]


def risk_bands(probability: "pd.Series[float]") -> "pd.Series[str]":
    """Return low, medium (from 0.25), high (0.5) or critical (0.75); unknown where nan."""
    place = np.searchsorted(list(BANDS.values()), probability.to_numpy(), side="right") - 1
    names = np.array(list(BANDS), dtype=object)[np.clip(place, 0, len(BANDS) - 1)]
    return pd.Series(names, index=probability.index, dtype="str").where(
        probability.notna(), UNKNOWN
    )


def valuable(value: "pd.Series[float]") -> "pd.Series[bool]":
    """Return who is among the top fifth by value, of those whose value is positive."""
    positive = value[value > 0]
    if positive.empty:
        return pd.Series(False, index=value.index)
    return value >= positive.quantile(1 - _VALUABLE_SHARE)


def recommended_actions(
    bands: "pd.Series[str]", is_valuable: "pd.Series[bool]", leading_factor: "pd.Series[str]"
) -> "pd.Series[str]":
    """Return the first action of ``ACTIONS`` that fits each customer.

    Parameters
    ----------
    leading_factor : the factor that raises the risk most; missing where none does
    """
    conditions = [
        bands.isin(names)
        & (is_valuable if valuable_only else True)
        & (leading_factor.isin(leading) if leading is not None else True)
        for names, valuable_only, leading, _ in ACTIONS
    ]
    chosen = np.select(conditions, [action for *_, action in ACTIONS], default="none")
    return pd.Series(chosen, index=bands.index, dtype="str")
