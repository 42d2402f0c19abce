"""A shop whose customers live by a known process, and a model trained on it once."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.clv import ClvTraining, train_clv

FIRST_DAY = pd.Timestamp("2023-01-02")
AS_OF = date(2024, 3, 3)
WEEKS_AFTER = 26


def shop(customers: int, weeks: int, seed: int = 0) -> pd.DataFrame:
    """Return days of customers who buy at a pace of their own until they leave."""
    rng = np.random.default_rng(seed)
    pace, leaving = rng.gamma(1.5, 1 / 8, customers), rng.gamma(1.5, 1 / 40, customers)
    begin = rng.uniform(0, 26, customers)
    life = np.minimum(rng.exponential(1 / leaving), weeks - begin)
    count = rng.poisson(pace * life)
    customer = np.concatenate([np.arange(customers), np.repeat(np.arange(customers), count)])
    later = rng.random(count.sum()) * np.repeat(life, count)
    week = np.concatenate([begin, np.repeat(begin, count) + later])
    spend = rng.gamma(4.0, rng.gamma(5.0, 2.0, customers)[customer])
    days = pd.DataFrame(
        {
            "customer_type": "account",
            "customer_id": [f"c{number}" for number in customer],
            "transaction_date": (FIRST_DAY + pd.to_timedelta((week * 7).astype(int), "D")),
            "order_count": 1,
            "gross_margin": spend.round(2),
        }
    )
    keys = ["customer_type", "customer_id", "transaction_date"]
    return days.groupby(keys, as_index=False)[["order_count", "gross_margin"]].sum()


@pytest.fixture(scope="session")
def days() -> pd.DataFrame:
    """Return 61 weeks until ``AS_OF`` and half a year after it."""
    return shop(800, 61 + WEEKS_AFTER)


@pytest.fixture(scope="session")
def training(days: pd.DataFrame) -> ClvTraining:
    """Return what was trained as of ``AS_OF``."""
    return train_clv(days, as_of=AS_OF, random_state=1)
