"""A club and a shop whose facts come late, ahead, twice, moved, cancelled and handed to others.

Frames of versions are drawn from a seed, written as exports, and looked at again by the test.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from tests.dbt_project.pipeline import Pipeline

Row = dict[str, Any]
FIRST = date(2023, 1, 20)
LAST = date(2024, 3, 20)
# The first export holds the history; month ends are among the days, and others are missing.
DELIVERIES = [
    FIRST,
    *(FIRST + timedelta(days=n) for n in range(11, 420, 50)),
    date(2023, 8, 31),
    date(2024, 2, 29),
    LAST,
]


@dataclass(frozen=True)
class History:
    """Every version of every row, with its export date."""

    bookings: pd.DataFrame
    lines: pd.DataFrame
    tickets: pd.DataFrame
    interactions: pd.DataFrame
    visits: pd.DataFrame
    surveys: pd.DataFrame
    members: pd.DataFrame


def draw(seed: int = 7) -> History:
    """Draw some hundred rows, a third of which are corrected at least once."""
    random = np.random.default_rng(seed)
    return History(
        bookings=_bookings(random, 260),
        lines=_lines(random, 150),
        tickets=_tickets(random, 40),
        interactions=_interactions(random, 60),
        visits=_visits(random, 60),
        surveys=_surveys(random, 40),
        members=_members(),
    )


def deliver(pipeline: Pipeline, history: History) -> None:
    """Write the exports of both organizations."""
    pipeline.add_organization("club", "time_zone: America/Chicago\nassumed_margin_percent: 60\n")
    pipeline.add_organization("shop", "assumed_margin_percent: 30\n")
    for organization, export, frame in [
        ("club", "bookings", history.bookings),
        ("club", "support_tickets", history.tickets),
        ("club", "interactions", history.interactions),
        ("club", "member_visits", history.visits),
        ("club", "survey_responses", history.surveys),
        ("club", "members", history.members),
        ("shop", "order_lines", history.lines),
    ]:
        for day, rows in frame.groupby("export_date"):
            pipeline.deliver(
                organization, export, str(day), rows.drop(columns="export_date").to_csv(index=False)
            )


def _delivered_after(event: date, lag: int) -> date:
    return next(day for day in sorted(DELIVERIES) if day >= min(event + timedelta(days=lag), LAST))


def _instants(random: np.random.Generator, rows: int) -> list[pd.Timestamp]:
    """Draw seconds from a year before the first export to shortly after the last."""
    start = pd.Timestamp(FIRST, tz="UTC") - pd.Timedelta(days=365)
    seconds = random.integers(0, 86400 * (365 + 425 + 10), rows)
    return [start + pd.Timedelta(seconds=int(second)) for second in seconds]


def _versions(random: np.random.Generator, rows: list[Row], at: str) -> pd.DataFrame:
    """Deliver rows some days late or ahead; rows of ``changes`` follow in later exports."""
    delivered = []
    for row in rows:
        version = {name: value for name, value in row.items() if name != "changes"}
        day = pd.Timestamp(str(version[at])).date()
        export = _delivered_after(day, int(random.choice([-20, -5, 0, 0, 0, 3, 30])))
        delivered.append({**version, "export_date": export})
        for change in row["changes"]:
            version |= change
            later = _delivered_after(export, int(random.integers(1, 70)))
            if later > export:
                export = later
                delivered.append({**version, "export_date": export})
    return pd.DataFrame(delivered)


def _bookings(random: np.random.Generator, rows: int) -> pd.DataFrame:
    bookings = []
    for number, at in enumerate(_instants(random, rows)):
        changes: list[Row] = []
        if random.random() < 0.3:
            changes.append({"status": str(random.choice(["cancelled", "no_show", "attended"]))})
        if random.random() < 0.1:
            changes.append({"member_id": f"m{random.integers(0, 12)}"})
        if random.random() < 0.1:
            moved = at + pd.Timedelta(days=int(random.integers(-30, 30)))
            changes.append({"starts_at": moved.isoformat()})
        bookings.append(
            {
                "booking_id": f"b{number}",
                "member_id": f"m{min(int(random.exponential(3)), 12)}",
                "starts_at": at.isoformat(),
                "revenue": round(float(random.uniform(0, 90)), 2),
                "status": str(random.choice(["booked", "attended", "no_show", "cancelled"])),
                "activity": str(random.choice(["tennis", "padel", "squash", ""])),
                "changes": changes,
            }
        )
    return _versions(random, bookings, "starts_at")


def _lines(random: np.random.Generator, rows: int) -> pd.DataFrame:
    lines = []
    for number, at in enumerate(_instants(random, rows)):
        changes: list[Row] = []
        if random.random() < 0.2:
            changes.append({"quantity": int(random.integers(1, 5))})
        lines.append(
            {
                "order_id": f"o{number // 2}",
                "line_number": number % 2 + 1,
                "customer_id": f"c{number // 2 % 7}",
                # both lines of an order are placed together
                "ordered_at": (at if number % 2 == 0 else lines[-1]["ordered_at"]),
                "product_id": f"p{random.integers(0, 9)}",
                "product_category": str(random.choice(["tea", "pots", ""])),
                "quantity": int(random.choice([1, 2, 3, -1])),
                "unit_price": round(float(random.uniform(1, 40)), 2),
                "changes": changes,
            }
        )
    for line in lines:
        line["ordered_at"] = str(line["ordered_at"])
    return _versions(random, lines, "ordered_at")


def _tickets(random: np.random.Generator, rows: int) -> pd.DataFrame:
    tickets = []
    for number, at in enumerate(_instants(random, rows)):
        closed = at + pd.Timedelta(minutes=int(random.integers(5, 60000)))
        close: Row = {"closed_at": closed.isoformat(), "status": "closed"}
        score: Row = {
            "csat_score": int(random.integers(1, 6)),
            "nps_score": int(random.integers(0, 11)),
        }
        tickets.append(
            {
                "ticket_id": f"t{number}",
                "customer_id": f"m{random.integers(0, 12)}",
                "opened_at": at.isoformat(),
                "closed_at": None,
                "status": "open",
                "csat_score": None,
                "nps_score": None,
                "changes": [close, score][: int(random.integers(0, 3))],
            }
        )
    frame = _versions(random, tickets, "opened_at")
    return frame.astype({"csat_score": "Int64", "nps_score": "Int64"})


def _interactions(random: np.random.Generator, rows: int) -> pd.DataFrame:
    interactions: list[Row] = [
        {
            "interaction_id": f"i{number}",
            "customer_id": f"m{random.integers(0, 12)}",
            "interaction_type": str(random.choice(["call", "email", "complaint"])),
            "status": "pending",
            "interaction_at": at.isoformat(),
            "changes": [{"status": "completed"}] if random.random() < 0.5 else [],
        }
        for number, at in enumerate(_instants(random, rows))
    ]
    return _versions(random, interactions, "interaction_at")


def _visits(random: np.random.Generator, rows: int) -> pd.DataFrame:
    visits: list[Row] = [
        {"member_id": f"m{random.integers(0, 12)}", "visited_at": at.isoformat(), "changes": []}
        for at in _instants(random, rows)
    ]
    return _versions(random, visits, "visited_at")


def _surveys(random: np.random.Generator, rows: int) -> pd.DataFrame:
    answers: list[Row] = [
        {
            "response_id": f"r{number}",
            "member_id": f"m{random.integers(0, 12)}",
            "survey_name": str(random.choice(["NPS 2023", "Courts"])),
            "question": "How likely are you to recommend us?",
            "response": str(random.choice([*map(str, range(12)), "often"])),
            "responded_at": at.isoformat(),
            "changes": [],
        }
        for number, at in enumerate(_instants(random, rows))
    ]
    return _versions(random, answers, "responded_at")


def _members() -> pd.DataFrame:
    """List members three times: one leaves, one joins, one never comes again, one is never listed."""
    lists = {
        FIRST: {f"m{n}": ("active", "gold") for n in range(10)},
        date(2023, 8, 31): {f"m{n}": ("active", "gold" if n else "silver") for n in range(11)},
        LAST: {f"m{n}": ("paused" if n == 2 else "active", "gold") for n in range(1, 12)},
    }
    return pd.DataFrame(
        {
            "member_id": member,
            "name": member,
            "join_date": "2021-05-01",
            "status": status,
            "membership_type": plan,
            "birth_year": 1980 + int(member[1:]),
            "export_date": day,
        }
        for day, members in lists.items()
        for member, (status, plan) in members.items()
    )
