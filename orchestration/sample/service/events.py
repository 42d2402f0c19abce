"""Who opens companies' doors, and who asks for courts for an event."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import numbers
from orchestration.sample.lives import draw_day_within
from orchestration.sample.timetable import Timetable, changes, listings

CONNECTORS_PER_ACCOUNT = 0.04
MEMBER_SHARE = 0.7
"""Share of connectors who are members themselves."""

REQUESTS_PER_WEEK = 1.2
PRICE_PER_COURT_HOUR = 42.0

_GIVEN = np.array(["Adele", "Boris", "Carmen", "Dilip", "Esther", "Farid", "Gina", "Henrik"])
_FAMILY = np.array(["Abbott", "Castillo", "Delgado", "Eriksen", "Goldberg", "Hassan", "Ivanov"])


def draw_connectors(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw the monthly list of corporate connectors in canonical columns."""
    accounts = customers[customers["customer_type"] == "account"]
    members = customers[customers["customer_type"] == "member"]
    size = rng.binomial(len(accounts), CONNECTORS_PER_ACCOUNT)
    company = accounts["name"].to_numpy()[rng.permutation(len(accounts))[:size]]
    is_member = (rng.random(size) < MEMBER_SHARE) & bool(len(members))
    member = rng.integers(0, max(len(members), 1), size)
    stranger = np.strings.add(
        np.strings.add(rng.choice(_GIVEN, size), " "), rng.choice(_FAMILY, size)
    )
    who = members.reindex(np.where(is_member, member, -1)).reset_index(drop=True)
    connectors = pd.DataFrame(
        {
            "name": who["name"].fillna(pd.Series(stranger, dtype="str")),
            "company": company,
            "member_id": who["customer_id"],
        }
    )
    known = rng.integers(0, timetable.days, size)
    left = draw_day_within(rng, known, timetable.days, 0.1)
    return listings(timetable.monthly, "company", left, (connectors, known))


def draw_event_requests(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw the weekly export of event requests in canonical columns."""
    size = rng.poisson(REQUESTS_PER_WEEK * timetable.days / 7)
    day = np.sort(rng.integers(0, timetable.days, size))
    minutes = rng.choice([90, 120, 180, 240], size, p=(0.2, 0.4, 0.3, 0.1))
    courts = 1 + rng.binomial(7, 0.35, size)
    price = PRICE_PER_COURT_HOUR * np.exp(rng.normal(-0.05, 0.35, size))
    starts = timetable.time(day + rng.integers(5, 60, size), 30 * rng.integers(16, 38, size))
    requests = pd.DataFrame(
        {
            "event_id": numbers("EV", size),
            "requested_at": timetable.time(day, rng.integers(480, 1200, size)),
            "starts_at": starts,
            "duration_minutes": minutes,
            "courts": courts,
            "offered_revenue": np.rint(courts * minutes / 60 * price),
            "contact": customers["name"].to_numpy()[rng.integers(0, len(customers), size)],
        }
    )
    return changes(timetable.weekly, ["event_id"], (requests, day))
