"""The days of two retailers' customers, as in ``star.fct_customer_day``."""

from functools import cache
from pathlib import Path

import pandas as pd

from benchmarks.models.production import customer_tables

SHOPS = {"CD shop": "cdnow", "UK retailer": "uk_retailer"}
_DAY = ["customer_type", "customer_id", "transaction_date"]


@cache
def customer_days(data: Path) -> dict[str, pd.DataFrame]:
    """Return each shop's days: customer_type, customer_id, transaction_date, order_count, revenue.

    They are made once in a process, since loading the exports takes longer than most models.
    """
    loaded = customer_tables(data, list(SHOPS.values()))
    return {shop: _days(loaded[name][1]) for shop, name in SHOPS.items()}


def _days(transactions: pd.DataFrame) -> pd.DataFrame:
    standing = transactions[~transactions["is_cancelled"]]
    days = standing.assign(
        order_count=(~standing["is_refund"].astype(bool)).astype("int64"),
        revenue=standing["revenue"].astype("float64"),
    ).groupby(_DAY, as_index=False)[["order_count", "revenue"]]
    return days.sum()
