"""Deals with the companies that answered or became accounts."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Integers, numbers
from orchestration.sample.timetable import Timetable, changes

LOST_SHARE = 0.7
"""Share of deals without a conversion that are given up; the others stay open."""

_OPENED_AT, _CLOSED_AT = 12 * 60, 23 * 60 + 20


def draw_deals(
    rng: np.random.Generator,
    leads: pd.DataFrame,
    customers: pd.DataFrame,
    replied: Integers,
    timetable: Timetable,
) -> pd.DataFrame:
    """Draw the weekly export of deals in canonical columns.

    Parameters
    ----------
    rng
        Source of randomness.
    leads, customers
        As drawn. A won deal is worth about a year of the account's purchases.
    replied
        Day on which each lead first replied, shape (leads,).
    timetable
        The days of the sample.
    """
    opened = np.minimum(replied, leads["converted"].to_numpy())
    dealt = np.flatnonzero(leads["is_new"] & (opened <= timetable.last))
    dealt = dealt[np.argsort(opened[dealt], kind="stable")]
    leads, opened, size = leads.iloc[dealt], opened[dealt], len(dealt)

    won = (leads["converted"] < NEVER).to_numpy()
    given_up = opened + rng.integers(15, 60, size)
    given_up = np.where(rng.random(size) < LOST_SHARE, given_up, NEVER)
    closed = np.where(won, leads["converted"], given_up)
    yearly = customers["yearly_value"].to_numpy()
    accounts = yearly[customers["customer_type"] == "account"]
    usual = np.median(accounts) if len(accounts) else 0.0
    expected = np.where(won, yearly[leads["customer"]], usual)
    deals = pd.DataFrame(
        {
            "deal_id": numbers("D", size),
            "lead_id": leads["lead_id"].to_numpy(),
            "campaign_id": leads["campaign_id"].to_numpy(),
            "deal_value": np.rint(expected * np.exp(rng.normal(0, 0.3, size))),
            "deal_stage": "pipeline",
            "close_probability": np.clip(rng.normal(0.3 + 0.3 * won, 0.12), 0.05, 0.95).round(2),
            "created_at": timetable.time(opened, np.full(size, _OPENED_AT)),
            "closed_at": timetable.day(np.full(size, NEVER)),
        }
    )
    settled = deals.assign(
        deal_stage=np.where(won, "won", "lost"),
        close_probability=won.astype(float),
        closed_at=timetable.time(closed, np.full(size, _CLOSED_AT)),
    )
    return changes(timetable.weekly, ["deal_id"], (deals, opened), (settled, closed))
