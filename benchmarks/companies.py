"""Companies that buy from a shop, write to its help desk, or might be won: as daily exports."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from ml.arrays import Floats, Integers
from orchestration.sample.orders import ACCOUNTS
from orchestration.sample.purchases import (
    Population,
    draw_population,
    draw_purchases,
    draw_spend,
)
from orchestration.sample.service.wording import compose

FIRST_DAY = date(2023, 1, 1)
DAYS = 550

_EXPORTS = ("accounts", "orders", "support_tickets", "prospects")
_INDUSTRIES = np.array(["Retail", "Wholesale", "Education", "Hospitality", "Health", "Sports"])
_CITIES = np.array(["Austin", "Boston", "Chicago", "Denver", "Miami", "Portland", "Seattle"])
_STATES = np.array(["TX", "MA", "IL", "CO", "FL", "OR", "WA"])
_TOPICS = np.array(["billing", "delivery", "ordering", "quality"])
_CUSTOMERS_PER_TICKET, _CUSTOMERS_PER_PROSPECT = 4, 10
_RATED_SHARE = 0.5


def deliver(folder: Path, customers: int, seed: int = 7) -> None:
    """Write eighteen months of exports below ``landing/bench``, and the organization's file.

    Customers buy by the process of the sample's accounts. To four of them there is a ticket, to ten
    a prospect; both lists are of the last day.
    """
    rng = np.random.default_rng(seed)
    population = draw_population(rng, customers, ACCOUNTS, float(DAYS))
    tables = {
        "accounts": _accounts(rng, population.value_score),
        "orders": _orders(rng, population),
        "support_tickets": _tickets(rng, customers),
        "prospects": _prospects(rng, customers // _CUSTOMERS_PER_PROSPECT),
    }
    (folder / "organizations").mkdir()
    (folder / "organizations" / "bench.yml").write_text(
        "organization_id: bench\nname: Benchmark\ntime_zone: UTC\ncurrency: EUR\nexports:\n"
        + "".join(f"  {name}: {{files: '{name}/day={{date}}/*.csv'}}\n" for name in _EXPORTS)
    )
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            target = folder / "landing" / "bench" / name
            target.mkdir(parents=True)
            connection.register("delivered", rows)
            connection.execute(
                f"copy (select * replace (date '{FIRST_DAY}' + cast(day as integer) as day) "
                f"from delivered) to '{target}' (format csv, header, partition_by (day))"
            )


def _accounts(rng: np.random.Generator, score: Floats) -> pd.DataFrame:
    names = _names("C", len(score))
    return _companies(rng, score).assign(
        customer_id=names,
        customer_name="Company " + names,
        domain=names.str.lower() + ".example",
    )


def _prospects(rng: np.random.Generator, size: int) -> pd.DataFrame:
    names = _names("P", size)
    return _companies(rng, rng.normal(size=size)).assign(
        prospect_id=names,
        company_name="Prospect " + names,
        domain=names.str.lower() + ".example",
    )


def _companies(rng: np.random.Generator, score: Floats) -> pd.DataFrame:
    """Draw what companies are like; those of value are larger, and some industries have more."""
    size, last = len(score), len(_INDUSTRIES) - 1
    place = rng.integers(0, len(_CITIES), size)
    employees = np.exp(4 + 0.6 * score + rng.normal(0, 1, size)).astype(np.int64)
    tilted = np.clip(np.rint(last / 2 + score + rng.normal(0, 1.5, size)), 0, last)
    return pd.DataFrame(
        {
            "industry": _INDUSTRIES[tilted.astype(np.int64)],
            "city": _CITIES[place],
            "state": _STATES[place],
            "country": "US",
            "employee_count": employees,
            "annual_revenue": (employees * rng.uniform(5e4, 2e5, size)).round(2),
            "day": DAYS - 1,
        }
    )


def _orders(rng: np.random.Generator, population: Population) -> pd.DataFrame:
    bought = draw_purchases(rng, population, float(DAYS))
    day = np.minimum(bought.time.astype(np.int64), DAYS - 1)
    revenue = draw_spend(rng, population, bought.customer, ACCOUNTS.p).round(2)
    return pd.DataFrame(
        {
            "order_id": _names("O", len(day)),
            "customer_id": "C" + pd.Series(bought.customer).astype("str"),
            "ordered_at": _noon(day),
            "order_revenue": revenue,
            "gross_margin": (0.3 * revenue).round(2),
            "status": "fulfilled",
            "day": day,
        }
    )


def _tickets(rng: np.random.Generator, customers: int) -> pd.DataFrame:
    size = customers // _CUSTOMERS_PER_TICKET
    mood, day = rng.integers(-1, 2, size), rng.integers(0, DAYS - 1, size)
    category = _TOPICS[rng.integers(0, len(_TOPICS), size)]
    subject, body = compose(rng, category, mood)
    rated = pd.Series(3 + mood + rng.integers(-1, 2, size), dtype="Int64")
    return pd.DataFrame(
        {
            "ticket_id": _names("T", size),
            "customer_id": "C" + pd.Series(rng.integers(0, customers, size)).astype("str"),
            "opened_at": _noon(day),
            "closed_at": _noon(day + 1),
            "category": category,
            "priority": "normal",
            "subject": subject,
            "body": body,
            "status": "completed",
            "csat_score": rated.where(pd.Series(rng.random(size) < _RATED_SHARE)),
            "day": day + 1,
        }
    )


def _names(prefix: str, size: int) -> "pd.Series[str]":
    return prefix + pd.Series(np.arange(size)).astype("str")


def _noon(day: Integers) -> "pd.Series[str]":
    first = pd.Timestamp(FIRST_DAY) + timedelta(hours=12)
    times: pd.Series[str] = pd.Series(first + pd.to_timedelta(day, "D")).dt.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    return times
