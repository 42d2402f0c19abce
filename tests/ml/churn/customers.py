"""Customers with known habits, as the tables that the models are given."""

from datetime import date

import numpy as np
import pandas as pd

FIRST_DAY = pd.Timestamp("2023-01-01")
LAST_DAY = date(2024, 1, 31)
_DAYS = (pd.Timestamp(LAST_DAY) - FIRST_DAY).days


def simulate(customers: int = 600, seed: int = 5) -> pd.DataFrame:
    """Draw transactions: everyone buys at a rate of their own until they silently leave."""
    rng = np.random.default_rng(seed)
    joined = rng.integers(0, 200, customers)
    rate, life = rng.gamma(2, 1 / 40, customers), rng.exponential(250, customers)
    active = np.minimum(life, _DAYS - joined)
    count = rng.poisson(rate * active)
    who = np.repeat(np.arange(customers), count)
    later = joined[who] + rng.random(len(who)) * active[who]
    days = np.concatenate([joined, np.floor(later)])
    return pd.DataFrame(
        {
            "customer_type": "account",
            "customer_id": [f"c{i}" for i in np.concatenate([np.arange(customers), who])],
            "transaction_date": FIRST_DAY + pd.to_timedelta(days, "D"),
        }
    ).drop_duplicates(ignore_index=True)


def features_at(transactions: pd.DataFrame, cutoffs: list[date]) -> pd.DataFrame:
    """Return main columns of customer_features at each cutoff, from what had happened by then."""
    return pd.concat([_features(transactions, pd.Timestamp(c)) for c in cutoffs], ignore_index=True)


def month_ends(first: str = "2023-02-28", last: date = LAST_DAY) -> list[date]:
    return [day.date() for day in pd.date_range(first, last, freq="ME")]


def _features(transactions: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    past = transactions[transactions["transaction_date"] <= cutoff]
    by = past.groupby(["customer_type", "customer_id"])["transaction_date"]
    first, last, count = by.min(), by.max(), by.size()
    recent = past[past["transaction_date"] > cutoff - pd.Timedelta(days=90)]
    in_90 = recent.groupby(["customer_type", "customer_id"]).size()
    return pd.DataFrame(
        {
            "cutoff": cutoff.date(),
            "tenure_days": (cutoff - first).dt.days,
            "recency_days": (cutoff - last).dt.days,
            "transaction_count": count,
            "active_days": count,
            "repeat_count": count - 1,
            "total_revenue": 10.0 * count,
            "transactions_90d": in_90.reindex(count.index, fill_value=0),
            "gap_mean_days": (last - first).dt.days / (count - 1).where(count > 1),
            "status": None,
            "industry": np.where(count % 2, "golf", "tennis"),
        }
    ).reset_index()
