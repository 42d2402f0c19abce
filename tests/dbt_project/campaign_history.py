"""An agency whose outreach is delivered late, corrected, without campaigns and to leads that no list holds."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from tests.dbt_project.pipeline import Pipeline

ORGANIZATION = "agency"
TIME_ZONE = "America/New_York"
DELIVERIES = [date(2024, 1, 31), date(2024, 2, 15), date(2024, 2, 16), date(2024, 3, 20)]
LAST = date(2024, 4, 10)
DELIVERIES.append(LAST)
_FIRST = pd.Timestamp("2024-01-02", tz="UTC")
_CHANNELS = ["email", "phone", "paid_search"]
_TYPES = ["sent", "delivered", "opened", "click", "impression", "replied", "bounced", "converted"]
_STATUSES = ["new", "engaged", "replied", "converted", "lost"]


@dataclass(frozen=True)
class History:
    """Every version of every row by its export's name, with ``export_date``."""

    exports: dict[str, pd.DataFrame]

    def known(self, day: date) -> "History":
        """Return what had been delivered by a day."""
        return History({n: f[f["export_date"] <= day] for n, f in self.exports.items()})


def draw(seed: int = 11) -> History:
    """Draw some hundred events, costs and deals, a fifth of them corrected later."""
    random = np.random.default_rng(seed)
    return History(
        {
            "campaigns": _campaigns(),
            "leads": _leads(random, 50),
            "outreach_events": _events(random, 500),
            "channel_costs": _costs(random),
            "deals": _deals(random, 24),
            "orders": _orders(random, 80),
        }
    )


def deliver(pipeline: Pipeline, history: History) -> None:
    """Write the exports of the agency, of a company without outreach and of one with a single event."""
    pipeline.add_organization(ORGANIZATION, f"time_zone: {TIME_ZONE}\n")
    for export, frame in history.exports.items():
        for day, rows in frame.groupby("export_date"):
            text = rows.drop(columns="export_date").to_csv(index=False)
            pipeline.deliver(ORGANIZATION, export, str(day), text)
    pipeline.add_organization("idle")
    pipeline.deliver("idle", "accounts", str(LAST), "customer_id,customer_name\na1,Acme")
    pipeline.add_organization("starter")
    pipeline.deliver(
        "starter",
        "outreach_events",
        str(LAST),
        "event_id,lead_id,channel,event_type,event_at\ne1,l1,email,sent,2024-04-09T12:00:00Z",
    )


def _campaigns() -> pd.DataFrame:
    rows = [
        {"campaign_id": "k1", "campaign_name": "Spring", "end_date": "2024-03-15", "budget": 900},
        {"campaign_id": "k2", "campaign_name": "Always", "end_date": None, "budget": 0},
    ]
    lists = [pd.DataFrame(rows).assign(export_date=day) for day in DELIVERIES]
    return pd.concat(lists).assign(start_date="2024-01-01")


def _instants(random: np.random.Generator, rows: int) -> pd.Series:
    span = int((pd.Timestamp(LAST, tz="UTC") - _FIRST).total_seconds())
    return pd.Series(_FIRST + pd.to_timedelta(random.integers(0, span, rows), unit="s"))


def _delivered(random: np.random.Generator, at: pd.Series) -> list[date]:
    """Give the day of a delivery at or after each instant, a tenth of them two deliveries late."""
    days = np.array(DELIVERIES)
    place = np.searchsorted(days, at.dt.date.to_numpy()) + 2 * (random.random(len(at)) < 0.1)
    return list(days[np.minimum(place, len(days) - 1)])


def _corrected(
    random: np.random.Generator, rows: pd.DataFrame, changes: dict[str, object]
) -> pd.DataFrame:
    """Add later versions of a fifth of the rows, in which the given columns are others."""
    later = rows[(random.random(len(rows)) < 0.2) & (rows["export_date"] < LAST)]
    place = [DELIVERIES.index(day) + 1 for day in later["export_date"]]
    return pd.concat(
        [rows, later.assign(export_date=[DELIVERIES[p] for p in place], **changes)],
        ignore_index=True,
    )


def _leads(random: np.random.Generator, count: int) -> pd.DataFrame:
    created = _instants(random, count).sort_values(ignore_index=True)
    leads = pd.DataFrame(
        {
            "lead_id": [f"l{n}" for n in range(count)],
            "campaign_id": random.choice(["k1", "k2", ""], count, p=[0.5, 0.4, 0.1]),
            "created_at": created.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    stage, lists = np.zeros(count, dtype=int), []
    for day in DELIVERIES:
        stage = np.minimum(stage + random.choice([0, 0, 1, 2], count), 4)
        customer = np.where(stage >= 3, [f"c{n % 9}" for n in range(count)], "")
        lists.append(
            leads.assign(status=np.array(_STATUSES)[stage], customer_id=customer, export_date=day)[
                created.dt.date.to_numpy() <= day
            ]
        )
    return pd.concat(lists, ignore_index=True)


def _events(random: np.random.Generator, count: int) -> pd.DataFrame:
    at = _instants(random, count)
    kind = random.choice(_TYPES, count, p=[0.3, 0.2, 0.1, 0.1, 0.15, 0.08, 0.05, 0.02])
    cost = np.where((kind == "sent") & (random.random(count) < 0.8), 0.35, np.nan)
    events = pd.DataFrame(
        {
            "event_id": [f"e{n}" for n in range(count)],
            "lead_id": [f"l{n}" for n in random.integers(0, 60, count)],  # ten of them never listed
            "campaign_id": random.choice(["k1", "k2", ""], count, p=[0.5, 0.3, 0.2]),
            "channel": random.choice(_CHANNELS, count),
            "event_type": kind,
            "event_at": at.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "cost": cost,
            "export_date": _delivered(random, at),
        }
    )
    return _corrected(random, events, {"channel": "email", "event_at": "2024-01-20T03:00:00Z"})


def _costs(random: np.random.Generator) -> pd.DataFrame:
    """Draw costs of ads by the day, of e-mail once in February, and of a campaign without leads."""
    days = pd.date_range(_FIRST, pd.Timestamp(LAST, tz="UTC"), freq="D").to_series()
    ads = pd.DataFrame({"campaign_id": "k1", "channel": "paid_search", "cost_date": days.dt.date})
    ads["cost"] = (10 + 3 * random.random(len(ads))).round(2)
    ads["export_date"] = _delivered(random, days)
    ads.loc[ads["cost_date"] == date(2024, 3, 11), "cost"] = 99
    lump = {"channel": "email", "cost_date": date(2024, 2, 1), "export_date": DELIVERIES[2]}
    others = pd.DataFrame(
        [
            {"campaign_id": "k2", "cost": 33.34, **lump},
            {"campaign_id": "k9", "cost": 7.00, **lump},
            {"campaign_id": "k1", "cost": -5.55, **lump, "channel": "display"},
        ]
    )
    return _corrected(random, pd.concat([ads, others], ignore_index=True), {"cost": 12.5})


def _deals(random: np.random.Generator, count: int) -> pd.DataFrame:
    opened = _instants(random, count)
    deals = pd.DataFrame(
        {
            "deal_id": [f"d{n}" for n in range(count)],
            "lead_id": [f"l{n}" for n in random.integers(0, 60, count)],
            "campaign_id": random.choice(["k1", "k2", ""], count),
            "deal_value": (500 * random.random(count)).round(2),
            "deal_stage": "pipeline",
            "close_probability": np.where(random.random(count) < 0.7, 0.37, np.nan),
            "created_at": opened.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "closed_at": "",
            "export_date": _delivered(random, opened),
        }
    )
    closed = opened + pd.to_timedelta(random.integers(0, 30, count), unit="D")
    settled = deals.assign(
        deal_stage=random.choice(["won", "won", "lost"], count),
        closed_at=closed.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        export_date=_delivered(random, closed),
    )
    settled = settled[settled["export_date"] > deals["export_date"]]
    return pd.concat([deals, settled], ignore_index=True)


def _orders(random: np.random.Generator, count: int) -> pd.DataFrame:
    at = _instants(random, count)
    revenue = (80 * random.random(count)).round(2)
    return pd.DataFrame(
        {
            "order_id": [f"o{n}" for n in range(count)],
            "customer_id": [f"c{n}" for n in random.integers(0, 6, count)],
            "ordered_at": at.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "order_revenue": revenue,
            "gross_margin": (0.4 * revenue).round(2),
            "status": "fulfilled",
            "export_date": _delivered(random, at),
        }
    )
