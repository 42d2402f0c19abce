"""The help desk: tickets whose tone, speed and scores follow how content the customer is."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Floats, Integers, numbers
from orchestration.sample.lives import scatter
from orchestration.sample.service.wording import compose
from orchestration.sample.timetable import Timetable, changes

TICKETS_PER_DAY = 0.0016
UNREST_TICKETS_PER_DAY = 0.006
"""Tickets on top of the usual ones, per day of the time before dropping out."""

CATEGORY_MOOD = {
    "booking": 0.2,
    "courts": -0.2,
    "billing": -0.7,
    "staff": 0.5,
    "delivery": -0.5,
    "quality": 0.1,
    "ordering": 0.3,
}
"""By how much a category lifts the mood of what is written about it."""

CATEGORIES = {
    "member": {"booking": 0.35, "courts": 0.30, "billing": 0.20, "staff": 0.15},
    "account": {"delivery": 0.35, "quality": 0.25, "billing": 0.20, "ordering": 0.20},
}
"""What customers of each type write about, shares."""

UNREST_MOOD = -0.8
BAD_BELOW, GOOD_ABOVE = -0.5, 0.7
"""Moods that bound bad, mixed and good spirits."""

CSAT_SHARE, NPS_SHARE = 0.45, 0.25
"""Shares of closed tickets with a score."""

_PRIORITIES = np.array(["low", "normal", "high", "urgent"])
_USUAL_HOURS = 20.0
_HOURS_FACTORS = np.array([1.8, 1.0, 0.5, 0.25])
_BILLING_HOURS_FACTOR = 1.8


def draw_tickets(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw tickets.

    Returns
    -------
    delivered
        The weekly export in canonical columns, opened tickets again once they are closed.
    truth
        ``ticket_id``, ``customer_id``, ``category``, ``mood``, ``sentiment`` (-1, 0, 1) and
        ``is_unrest`` (whether the customer is about to leave) of each.
    """
    tickets = _draw_moods(rng, customers, timetable)
    size, mood = len(tickets), tickets["mood"].to_numpy()
    category = tickets["category"].to_numpy(dtype=str)
    sentiment = (mood > GOOD_ABOVE).astype(np.int64) - (mood < BAD_BELOW)
    subject, body = compose(rng, category, sentiment)
    urgency = np.digitize(rng.normal(0, 1, size) - 0.6 * mood, (-0.8, 0.9, 1.8))

    factor = _HOURS_FACTORS[urgency] * np.where(category == "billing", _BILLING_HOURS_FACTOR, 1)
    hours = _USUAL_HOURS * factor * np.exp(rng.normal(0, 0.8, size))
    minute = rng.integers(8 * 60, 20 * 60, size)
    closed_day, closed_minute = _close(tickets["day"].to_numpy(), minute, hours)
    speed = -np.log(hours / _USUAL_HOURS)
    tickets = tickets.assign(ticket_id=numbers("T", size), sentiment=sentiment)
    opened = pd.DataFrame(
        {
            "ticket_id": tickets["ticket_id"],
            "customer_id": tickets["customer_id"],
            "opened_at": timetable.time(tickets["day"].to_numpy(), minute),
            "closed_at": timetable.day(np.full(size, NEVER)),
            "category": category,
            "priority": _PRIORITIES[urgency],
            "subject": subject,
            "body": body,
            "status": "open",
            "csat_score": pd.array([None] * size, "Int64"),
            "nps_score": pd.array([None] * size, "Int64"),
        }
    )
    closed = opened.assign(
        closed_at=timetable.time(closed_day, closed_minute),
        status="solved",
        csat_score=_score(rng, 3.3 + 1.0 * mood + 0.25 * speed, CSAT_SHARE, 1, 5),
        nps_score=_score(rng, 6.6 + 2.2 * mood + 0.3 * speed, NPS_SHARE, 0, 10),
    )
    delivered = changes(
        timetable.weekly, ["ticket_id"], (opened, tickets["day"].to_numpy()), (closed, closed_day)
    )
    columns = ["ticket_id", "customer_id", "category", "mood", "sentiment", "is_unrest"]
    return delivered, tickets[columns]


def _draw_moods(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw who writes when, about what and in which mood, in order of time."""
    first, last = customers["acquired"].to_numpy(), customers["last_active"].to_numpy()
    usual = scatter(rng, first, last, TICKETS_PER_DAY)
    restless = scatter(rng, customers["unrest_from"].to_numpy(), last, UNREST_TICKETS_PER_DAY)
    customer, day = np.concatenate((usual, restless), axis=1)
    order = np.lexsort((customer, day))
    customer, day = customer[order], day[order]
    who = customers.iloc[customer].reset_index(drop=True)
    category = np.empty(len(who), dtype="U10")
    for kind, shares in CATEGORIES.items():
        of_kind = (who["customer_type"] == kind).to_numpy()
        category[of_kind] = rng.choice(list(shares), of_kind.sum(), p=list(shares.values()))
    unrest = day >= who["unrest_from"].to_numpy()
    mood = (
        0.2
        + 0.5 * who["contentment"].to_numpy()
        + pd.Series(category).map(CATEGORY_MOOD).to_numpy(dtype=np.float64)
        + UNREST_MOOD * unrest
        + rng.normal(0, 0.5, len(who))
    )
    return pd.DataFrame(
        {
            "customer_id": who["customer_id"],
            "day": day,
            "category": category,
            "mood": mood,
            "is_unrest": unrest,
        }
    )


def _close(day: Integers, minute: Integers, hours: Floats) -> tuple[Integers, Integers]:
    """Give day and minute of closing: so many hours later, in office hours."""
    total = minute + np.ceil(hours * 60).astype(np.int64)
    return day + total // 1440, np.clip(total % 1440, 7 * 60, 21 * 60)


def _score(
    rng: np.random.Generator, expected: Floats, share: float, least: int, most: int
) -> pd.Series:
    """Round to a score of the scale, missing for all but a share."""
    score = np.clip(np.rint(expected + rng.normal(0, 0.5, len(expected))), least, most)
    given = rng.random(len(expected)) < share
    return pd.Series(score, dtype="Float64").astype("Int64").where(given)
