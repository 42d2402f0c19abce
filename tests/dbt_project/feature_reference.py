"""The features once more, from raw versions, row by row: slow, plain, and not the models' way.

What was known at a cutoff is found by throwing away every version that was not yet delivered,
instead of by adding up changes.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import mean, median
from typing import Any

import pandas as pd

from tests.dbt_project.feature_history import History

Row = dict[str, Any]
ZONES = {"club": "America/Chicago", "shop": "UTC"}


def features(history: History, organization: str) -> pd.DataFrame:
    """Return the rows that customer_features ought to have for an organization."""
    zone = ZONES[organization]
    if organization == "club":
        frames = [history.bookings, history.tickets, history.interactions, history.visits]
        frames += [history.surveys, history.members]
        contacts = _contacts(history)
        members = history.members
        named = [_newest(history.bookings, ["booking_id"], date.max)["member_id"]]
        named += [members["member_id"], *[c["customer"] for c in [pd.DataFrame(contacts)]]]
    else:
        frames = [history.lines]
        contacts, members = [], history.members.iloc[:0]
        named = [_newest(history.lines, ["order_id", "line_number"], date.max)["customer_id"]]
    first, last = frames[0]["export_date"].min(), max(f["export_date"].max() for f in frames)
    days = [first - timedelta(days=366)]
    while days[-1] < last:
        days.append(days[-1] + timedelta(days=1))
    exports = sorted(set(frames[0]["export_date"]))
    states = {day: _transactions(history, organization, zone, day) for day in exports}
    transactions = {
        day: [t for t in states[max([first, *(e for e in exports if e <= day)])] if t["day"] <= day]
        for day in days
    }
    rows = []
    for customer in sorted(set(pd.concat(named))):
        listed = members.loc[members["member_id"] == customer, "export_date"]
        known = [d for d in days if any(t["customer"] == customer for t in transactions[d])][:1]
        known += [c["known_from"] for c in contacts if c["customer"] == customer]
        since = min([*known, *listed], default=None)
        for cutoff in days:
            is_month_end = (cutoff + timedelta(days=1)).day == 1
            if cutoff == last or (since and cutoff >= since and is_month_end):
                own = [t for t in transactions[cutoff] if t["customer"] == customer]
                seen = [
                    c for c in contacts if c["customer"] == customer and c["known_from"] <= cutoff
                ]
                rows.append(
                    {
                        "customer_id": customer,
                        "cutoff": cutoff,
                        "known_since": since,
                        "is_month_end": is_month_end,
                        "is_current": cutoff == last,
                        **_purchases(own, cutoff),
                        **_interplay(seen, cutoff),
                        **_attributes(members, customer, cutoff),
                    }
                )
    return pd.DataFrame(rows)


def _newest(frame: pd.DataFrame, key: list[str], cutoff: date) -> pd.DataFrame:
    """Return the newest version of each key that was delivered by then, or by the first export."""
    first = frame["export_date"].min()
    seen = frame[(frame["export_date"] <= cutoff) | (frame["export_date"] == first)]
    return seen.sort_values("export_date").drop_duplicates(key, keep="last")


def _known_from(frame: pd.DataFrame, day: date, export_date: date) -> date:
    return day if export_date == frame["export_date"].min() else max(day, export_date)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))


def _transactions(history: History, organization: str, zone: str, cutoff: date) -> list[Row]:
    """Return the transactions that exports until a cutoff told, cancelled and later ones too."""
    rows: list[Row] = []
    if organization == "club":
        for b in _newest(history.bookings, ["booking_id"], cutoff).itertuples():
            revenue = _decimal(b.revenue)
            rows.append(
                {
                    "customer": b.member_id,
                    "at": pd.Timestamp(b.starts_at).tz_convert(zone),
                    "revenue": revenue,
                    "margin": _cents(revenue * Decimal("0.6")),
                    "status": b.status,
                    "categories": {b.activity} - {""},
                    "products": set(),
                }
            )
    else:
        told = _newest(history.lines, ["order_id", "line_number"], cutoff)
        for _, lines in told.groupby("order_id"):
            bought = lines[lines["quantity"] > 0]
            amounts = [
                _cents(_decimal(q) * _decimal(p))
                for q, p in zip(lines["quantity"], lines["unit_price"], strict=True)
            ]
            rows.append(
                {
                    "customer": lines["customer_id"].max(),
                    "at": pd.Timestamp(lines["ordered_at"].min()).tz_convert(zone),
                    "revenue": sum(amounts),
                    "margin": sum(_cents(amount * Decimal("0.3")) for amount in amounts),
                    "status": "fulfilled",
                    "categories": set(bought["product_category"]) - {""},
                    "products": set(bought["product_id"]),
                }
            )
    return [{**row, "day": row["at"].date()} for row in rows]


def _contacts(history: History) -> list[Row]:
    """Return what happened besides transactions, as it stands, and since when it was known."""
    zone = ZONES["club"]
    rows: list[Row] = []

    def note(  # noqa: PLR0917
        frame: pd.DataFrame, customer: str, kind: str, at: str, export_date: date, amount: Any
    ) -> None:
        day = pd.Timestamp(at).tz_convert(zone).date()
        known_from = _known_from(frame, day, export_date)
        rows.append(
            {
                "customer": customer,
                "kind": kind,
                "day": day,
                "amount": amount,
                "known_from": known_from,
            }
        )

    for _, versions in history.interactions.groupby("interaction_id"):
        i = versions.iloc[0]
        kinds = ["interaction"] + (["complaint"] if i.interaction_type == "complaint" else [])
        for kind in kinds:
            note(
                history.interactions,
                i.customer_id,
                kind,
                i.interaction_at,
                versions["export_date"].min(),
                1,
            )
    for v in history.visits.itertuples():
        note(history.visits, v.member_id, "visit", v.visited_at, v.export_date, 1)
    for s in history.surveys.itertuples():
        note(history.surveys, s.member_id, "survey_response", s.responded_at, s.export_date, 1)
        if "NPS" in s.survey_name and s.response.isdigit() and int(s.response) <= 10:
            note(
                history.surveys, s.member_id, "nps", s.responded_at, s.export_date, int(s.response)
            )
    for _, versions in history.tickets.groupby("ticket_id"):
        told = versions.sort_values("export_date")
        t = told.iloc[-1]
        note(history.tickets, t.customer_id, "ticket", t.opened_at, told["export_date"].min(), 1)
        closed = told[told["closed_at"] == t.closed_at]["export_date"]
        if len(closed):
            hours = (
                pd.Timestamp(t.closed_at).floor("s") - pd.Timestamp(t.opened_at)
            ).total_seconds() / 3600
            note(history.tickets, t.customer_id, "closed_ticket", t.closed_at, closed.min(), hours)
        for kind in ("csat", "nps"):
            score = t[f"{kind}_score"]
            if not pd.isna(score):
                scored = told[told[f"{kind}_score"] == score]["export_date"].min()
                note(
                    history.tickets,
                    t.customer_id,
                    kind,
                    t.closed_at or t.opened_at,
                    scored,
                    int(score),
                )
    return rows


def _purchases(rows: list[Row], cutoff: date) -> Row:
    kept = [t for t in rows if t["status"] != "cancelled"]
    bought = [t for t in kept if t["revenue"] >= 0]
    year = [t for t in rows if (cutoff - t["day"]).days < 365]
    days = sorted({t["day"] for t in bought})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]

    def within(group: list[Row], window: int) -> list[Row]:
        return [t for t in group if (cutoff - t["day"]).days < window]

    def total(group: list[Row], of: str) -> Decimal:
        return sum((t[of] for t in group), Decimal("0.00"))

    cancelled = len([t for t in year if t["status"] == "cancelled"])
    returned = len([t for t in within(kept, 365) if t["revenue"] < 0])
    recent = within(kept, 90)
    before = total(within(kept, 180), "revenue") - total(recent, "revenue")
    weekdays = [t["day"].isoweekday() for t in bought]
    bands = [
        "morning" if t["at"].hour < 12 else "evening" if t["at"].hour >= 17 else "afternoon"
        for t in bought
    ]
    recency = (cutoff - days[-1]).days if days else None
    row: Row = {
        "tenure_days": (cutoff - days[0]).days if days else None,
        "recency_days": recency,
        "transaction_count": len(bought),
        "active_days": len(days),
        "repeat_count": max(len(days) - 1, 0),
        "total_revenue": total(kept, "revenue"),
        "total_gross_margin": total(kept, "margin"),
        "revenue_previous_90d": before,
        "revenue_trend_90d": float(total(recent, "revenue") / before) if before > 0 else None,
        "gap_count": len(gaps),
        "gap_mean_days": mean(gaps) if gaps else None,
        "gap_median_days": median(gaps) if gaps else None,
        "last_gap_days": gaps[-1] if gaps else None,
        "recency_over_median_gap": recency / median(gaps) if gaps and recency is not None else None,
        "product_categories_365d": len(set().union(*(t["categories"] for t in within(kept, 365)))),
        "products_365d": len(set().union(*(t["products"] for t in within(kept, 365)))),
        "cancellations_365d": cancelled,
        "cancellation_rate_365d": _share(cancelled, len(within(bought, 365)) + cancelled),
        "returns_365d": returned,
        "return_rate_365d": _share(returned, len(within(bought, 365)) + returned),
        "no_shows_365d": len([t for t in year if t["status"] == "no_show"]),
        "weekend_share": _share(len([d for d in weekdays if d > 5]), len(weekdays)),
        "preferred_weekday": max(range(1, 8), key=weekdays.count) if bought else None,
        "preferred_hour_band": max(("morning", "afternoon", "evening"), key=bands.count)
        if bought
        else None,
        "evening_share": _share(bands.count("evening"), len(bands)),
    }
    for window in (30, 90, 180, 365):
        row[f"revenue_{window}d"] = total(within(kept, window), "revenue")
        row[f"margin_{window}d"] = total(within(kept, window), "margin")
        row[f"transactions_{window}d"] = len(within(bought, window))
    return row


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _interplay(rows: list[Row], cutoff: date) -> Row:
    def amounts(kind: str, window: int = 100_000) -> list[Any]:
        return [
            r["amount"] for r in rows if r["kind"] == kind and (cutoff - r["day"]).days < window
        ]

    def days_since(kind: str) -> int | None:
        return min(((cutoff - r["day"]).days for r in rows if r["kind"] == kind), default=None)

    hours, scores = amounts("closed_ticket", 365), amounts("csat", 365)
    newest = max(((r["day"], -r["amount"]) for r in rows if r["kind"] == "nps"), default=None)
    return {
        "interactions_90d": len(amounts("interaction", 90)),
        "interactions_365d": len(amounts("interaction", 365)),
        "complaints_365d": len(amounts("complaint", 365)),
        "days_since_interaction": days_since("interaction"),
        "tickets_90d": len(amounts("ticket", 90)),
        "tickets_365d": len(amounts("ticket", 365)),
        "tickets_open": len(amounts("ticket")) - len(amounts("closed_ticket")),
        "ticket_hours_to_close_365d": mean(hours) if hours else None,
        "csat_mean_365d": mean(scores) if scores else None,
        "nps_last": -newest[1] if newest else None,
        "nps_last_date": newest[0] if newest else None,
        "visits_30d": len(amounts("visit", 30)),
        "visits_90d": len(amounts("visit", 90)),
        "days_since_visit": days_since("visit"),
        "survey_responses_365d": len(amounts("survey_response", 365)),
    }


def _attributes(members: pd.DataFrame, customer: str, cutoff: date) -> Row:
    lists = members[members["export_date"] <= cutoff]
    newest = lists[lists["export_date"] == lists["export_date"].max()]
    own = newest[newest["member_id"] == customer].to_dict("records")
    member = own[0] if own else {}
    birth_year = member.get("birth_year")
    return {
        "status": member.get("status"),
        "membership_type": member.get("membership_type"),
        "birth_year": birth_year,
        "age_years": cutoff.year - birth_year if birth_year else None,
        "join_date": date(2021, 5, 1) if member else None,
    }
