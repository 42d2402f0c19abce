"""An agency's random outreach and sales, and what channels earn of them, told lead by lead in Python."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

MIDDLE, LAST = "2024-04-15", "2024-06-30"
RULES = ("first_touch", "last_touch", "linear", "time_decay", "position_based")
LOOK_BACK, HALF_LIFE = timedelta(days=90), timedelta(days=7)


class Conversion(NamedTuple):
    """When a lead converted, by what, and whether it had bought before."""

    at: datetime
    kind: str
    number: str
    revenue: float
    is_repeat: bool


@dataclass(frozen=True)
class Agency:
    """Exports in canonical columns, times as text."""

    leads: pd.DataFrame
    events: pd.DataFrame
    deals: pd.DataFrame
    orders: pd.DataFrame


def draw_agency() -> Agency:
    """Draw 80 leads; a third of them win deals, a third are known customers, some of them twice."""
    draw = np.random.default_rng(11)

    def times(count: int) -> list[str]:
        minutes = draw.integers(0, 181 * 24 * 60, count)
        return [str(t) for t in np.datetime64("2024-01-01T00:00") + minutes]

    lead = [f"l{n:02}" for n in range(80)]
    customer = [f"c{n // 2}" if n % 3 == 1 else "" for n in range(80)]
    events = pd.DataFrame({"lead_id": draw.choice(lead[:76], 700), "event_at": times(700)})
    events["channel"] = draw.choice(["email", "phone", "display", "direct"], 700)
    outbound = events["channel"].isin(["email", "phone"])
    events["message_id"] = [f"m{n}" if is_sent else "" for n, is_sent in enumerate(outbound)]
    events["event_type"] = np.where(outbound, "sent", "click")
    later = events[outbound].assign(
        event_type=draw.choice(["delivered", "opened", "replied", "bounced"], outbound.sum()),
        event_at=lambda rows: [f"{t[:14]}59" for t in rows["event_at"]],
    )
    reported = events[:40].assign(event_type="converted", message_id="")
    events = pd.concat([events, later, reported], ignore_index=True)
    events.insert(0, "event_id", [f"e{n}" for n in range(len(events))])

    dealing = [n for n in range(80) if n % 3 == 0] + [3, 6, 9, 78]
    deals = pd.DataFrame({"lead_id": [lead[n] for n in dealing]})
    deals.insert(0, "deal_id", [f"d{n}" for n in range(len(deals))])
    deals["deal_value"] = np.round(draw.gamma(2, 500, len(deals)), 2)
    deals["closed_at"] = times(len(deals))
    deals["created_at"] = deals["closed_at"]
    deals["deal_stage"] = draw.choice(["won", "lost"], len(deals), p=[0.8, 0.2])

    orders = pd.DataFrame({"ordered_at": times(200)})
    orders.insert(0, "order_id", [f"o{n}" for n in range(200)])
    orders["customer_id"] = draw.choice([c for c in customer if c], 200)
    orders["order_revenue"] = np.round(draw.normal(60, 40, 200), 2)
    orders["status"] = draw.choice(["fulfilled", "cancelled"], 200, p=[0.9, 0.1])
    return Agency(
        leads=pd.DataFrame({"lead_id": lead, "customer_id": customer}).assign(
            created_at="2024-01-01T00:00", status="new"
        ),
        events=events,
        deals=deals,
        orders=orders,
    )


def known_on(agency: Agency, day: str) -> Agency:
    """Return what an export of the day holds."""
    end = f"{day}T24"
    return Agency(
        leads=agency.leads,
        events=agency.events[agency.events["event_at"] < end],
        deals=agency.deals[agency.deals["closed_at"] < end],
        orders=agency.orders[agency.orders["ordered_at"] < end],
    )


def earned_by_lead(agency: Agency) -> dict[tuple[str, str, str, str], float]:
    """Return the credit of each lead, conversion, rule and channel."""
    earned: dict[tuple[str, str, str, str], float] = defaultdict(float)
    for lead, conversion, path in journeys(agency):
        if conversion:
            for rule in RULES:
                for (channel, _), share in zip(path, shares(rule, path), strict=True):
                    earned[lead, conversion.number, rule, channel] += share
    return {key: share for key, share in earned.items() if share > 1e-12}


def journeys(agency: Agency) -> Iterator[tuple[str, Conversion | None, list[tuple[str, datetime]]]]:
    """Yield each lead's ways to its conversions, and the one that led to none, if any."""
    touches, found = touches_of(agency), []
    for lead in sorted({*agency.leads["lead_id"], *touches}):
        previous = datetime.min
        mine = touches.get(lead, [])
        for conversion in sorted(conversions_of(agency, lead, mine)):
            since = max(previous, conversion.at - LOOK_BACK)
            path = [(c, t) for t, _, c in mine if since < t <= conversion.at]
            previous = conversion.at
            if path or conversion.kind == "deal":
                found.append((lead, conversion, path or [("direct", conversion.at)]))
        rest = [(c, t) for t, _, c in mine if t > previous]
        if rest:
            yield lead, None, [(c, t) for c, t in rest if t > rest[-1][1] - LOOK_BACK]
    # A purchase of a customer who is several leads belongs to the one touched last.
    nearest = sorted(found, key=lambda way: way[2][-1][1], reverse=True)
    taken: set[tuple[str, str]] = set()
    for lead, conversion, path in nearest:
        if (conversion.kind, conversion.number) not in taken:
            taken.add((conversion.kind, conversion.number))
            yield lead, conversion, path


def touches_of(agency: Agency) -> dict[str, list[tuple[datetime, str, str]]]:
    """Return when, by what and by which channel each lead was reached, in order."""
    messages: dict[tuple[str, str, str], list[tuple[str, datetime]]] = defaultdict(list)
    for event in agency.events.itertuples():
        if event.event_type in ("click", "sent", "delivered", "bounced"):
            name = f"message {event.message_id}" if event.message_id else f"event {event.event_id}"
            happened = (event.event_type, datetime.fromisoformat(event.event_at))
            messages[event.lead_id, event.channel, name].append(happened)
    touches: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for (lead, channel, name), happened in messages.items():
        if "bounced" not in {kind for kind, _ in happened}:
            touches[lead].append((min(at for _, at in happened), name, channel))
    return {lead: sorted(mine) for lead, mine in touches.items()}


def conversions_of(
    agency: Agency, lead: str, touches: list[tuple[datetime, str, str]]
) -> list[Conversion]:
    """Return the deals that a lead won, or else what its customer bought since the first touch."""
    (customer,) = agency.leads.loc[agency.leads["lead_id"] == lead, "customer_id"]
    orders = agency.orders[
        (agency.orders["customer_id"] == customer)
        & (agency.orders["status"] != "cancelled")
        & (agency.orders["order_revenue"] >= 0)
    ].sort_values(["ordered_at", "order_id"])
    won = agency.deals[(agency.deals["lead_id"] == lead) & (agency.deals["deal_stage"] == "won")]
    if len(won):
        bought = orders["ordered_at"].str[:10].min() if len(orders) else "9999"
        return [
            Conversion(
                datetime.fromisoformat(deal.closed_at),
                "deal",
                deal.deal_id,
                deal.deal_value,
                number > 0 or bought < deal.created_at[:10],
            )
            for number, deal in enumerate(won.sort_values(["closed_at"]).itertuples())
        ]
    first = touches[0][0] if touches else datetime.max
    bought_at = [datetime.fromisoformat(at) for at in orders["ordered_at"]]
    return [
        Conversion(at, "order", order.order_id, order.order_revenue, number > 0)
        for number, (at, order) in enumerate(zip(bought_at, orders.itertuples(), strict=True))
        if at >= first
    ]


def shares(rule: str, path: list[tuple[str, datetime]]) -> list[float]:
    """Return each touch's share of a conversion."""
    size = len(path)
    if rule == "first_touch":
        return [1.0] + [0.0] * (size - 1)
    if rule == "last_touch":
        return [0.0] * (size - 1) + [1.0]
    if rule == "time_decay":
        weights = [0.5 ** ((path[-1][1] - at) / HALF_LIFE) for _, at in path]
        return [weight / sum(weights) for weight in weights]
    if rule == "position_based" and size > 2:
        return [0.4, *[0.2 / (size - 2)] * (size - 2), 0.4]
    return [1 / size] * size
