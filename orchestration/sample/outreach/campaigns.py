"""Campaigns, one for new accounts each quarter and one for dormant customers each year."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import Integers
from orchestration.sample.timetable import Timetable, changes, listings

AD_CHANNELS = ("paid_search", "display", "video", "social")
"""Channels that are paid for by the day; others cost by the message."""

DAILY_COST = {"paid_search": 42.0, "display": 12.0, "video": 9.0, "social": 15.0}
SPIKE_FACTOR = 6.0
"""On one day, each campaign's paid search costs so many times the usual."""

PLANNED_DAYS = 14


def plan_campaigns(timetable: Timetable) -> pd.DataFrame:
    """Lay out the campaigns that begin before the sample ends.

    Returns
    -------
    pandas.DataFrame
        ``campaign_id``, ``campaign_name``, ``budget``, and ``start`` and ``end``, the day indices
        of the first and last day.
    """
    quarters = _spans(timetable, 3)
    years = _spans(timetable, 12)
    number = quarters["month"] // 3 % 4 + 1
    year = (1970 + quarters["month"] // 12).astype(str)
    new = quarters.assign(
        campaign_id="NEW-" + year + "Q" + number.astype(str),
        campaign_name="New accounts " + year + " Q" + number.astype(str),
        budget=12_000,
    )
    year = (1970 + years["month"] // 12).astype(str)
    back = years.assign(
        campaign_id="BACK-" + year, campaign_name="Welcome back " + year, budget=5_000
    )
    return pd.concat([new, back], ignore_index=True).drop(columns="month")


def _spans(timetable: Timetable, months: int) -> pd.DataFrame:
    """Split the sample's days into spans of whole calendar months."""
    month = timetable.calendar.astype("datetime64[M]").astype(np.int64)
    begins = np.unique(month // months) * months
    first = begins.astype("datetime64[M]").astype("datetime64[D]")
    end = (begins + months).astype("datetime64[M]").astype("datetime64[D]")
    origin = np.datetime64(timetable.first_day, "D")
    days = {"start": (first - origin).astype(int), "end": (end - origin).astype(int) - 1}
    return pd.DataFrame({"month": begins, **days})


def campaign_of(campaigns: pd.DataFrame, prefix: str, day: Integers) -> np.ndarray:
    """Give the id of the campaign with this prefix that runs on each day."""
    running = campaigns[campaigns["campaign_id"].str.startswith(prefix)]
    place = np.searchsorted(running["start"], day, side="right") - 1
    ids: np.ndarray = running["campaign_id"].to_numpy()[place]
    return ids


def list_campaigns(campaigns: pd.DataFrame, timetable: Timetable) -> pd.DataFrame:
    """Lay out the weekly list of campaigns in canonical columns."""
    rows = campaigns[["campaign_id", "campaign_name"]].assign(
        start_date=timetable.date(campaigns["start"].to_numpy()),
        end_date=timetable.date(campaigns["end"].to_numpy()),
        budget=campaigns["budget"],
    )
    planned = campaigns["start"].to_numpy() - PLANNED_DAYS
    return listings(timetable.weekly, "campaign_id", None, (rows, planned))


def draw_channel_costs(
    rng: np.random.Generator, campaigns: pd.DataFrame, timetable: Timetable
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw what each campaign for new accounts pays for ads each day.

    Returns
    -------
    delivered
        The weekly export of channel costs in canonical columns.
    spikes
        ``campaign_id``, ``channel`` and ``cost_date`` of the days that cost many times the usual.
    """
    new = campaigns[campaigns["campaign_id"].str.startswith("NEW")].reset_index(drop=True)
    start = np.maximum(new["start"].to_numpy(), 0)
    length = np.minimum(new["end"].to_numpy(), timetable.last) - start + 1
    campaign = np.repeat(np.arange(len(new)), length)
    day = np.arange(len(campaign)) - np.repeat(np.cumsum(length) - length, length) + start[campaign]
    spike = start + rng.integers(0, length)
    costs = []
    for channel in AD_CHANNELS:
        cost = DAILY_COST[channel] * np.exp(rng.normal(0, 0.15, len(day)))
        if channel == "paid_search":
            cost = np.where(day == spike[campaign], SPIKE_FACTOR * cost, cost)
        costs.append(
            pd.DataFrame(
                {
                    "campaign_id": new["campaign_id"].to_numpy()[campaign],
                    "channel": channel,
                    "cost_date": timetable.date(day),
                    "cost": np.rint(cost * 100) / 100,
                    "day": day,
                }
            )
        )
    rows = pd.concat(costs, ignore_index=True)
    key = ["campaign_id", "channel", "cost_date"]
    delivered = changes(timetable.weekly, key, (rows.drop(columns="day"), rows["day"].to_numpy()))
    spikes = new[["campaign_id"]].assign(channel="paid_search", cost_date=timetable.date(spike))
    return delivered, spikes
