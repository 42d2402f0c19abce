"""Customers' sufficient statistics: made from purchases, checked, grouped where they are equal."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml.arrays import Floats

COLUMNS = ["frequency", "recency", "age"]


@dataclass(frozen=True)
class Statistics:
    """Sufficient statistics of n customers, each of shape (n,)."""

    frequency: Floats
    recency: Floats
    age: Floats


def summarize(purchases: pd.DataFrame, cutoff: date, days_per_unit: float = 7.0) -> pd.DataFrame:
    """Sum up each customer's purchases until a cutoff.

    Purchases of one day are one purchase. The first purchase founds the relation: ``frequency``
    and ``monetary`` speak of the later ones alone.

    Parameters
    ----------
    purchases : one row per purchase with ``customer``, ``day`` (datetime64) and ``value``; those
        after the cutoff are left out
    days_per_unit : unit of time of the result, in days

    Returns
    -------
    one row per customer, indexed by it: frequency, recency, age and monetary (mean value of a
    repeat purchase; nan where there is none)
    """
    until = pd.Timestamp(cutoff)
    days = (
        purchases.loc[purchases["day"] <= until, ["customer", "day", "value"]]
        .groupby(["customer", "day"], sort=True, observed=True)["value"]
        .sum()
        .reset_index()
    )
    by_customer = days.groupby("customer", sort=True, observed=True)
    first, last = by_customer["day"].min(), by_customer["day"].max()
    frequency = by_customer.size() - 1
    repeated = by_customer["value"].sum() - by_customer["value"].first()
    return pd.DataFrame(
        {
            "frequency": frequency.astype("float64"),
            "recency": (last - first).dt.days / days_per_unit,
            "age": (until - first).dt.days / days_per_unit,
            "monetary": repeated / frequency.where(frequency > 0),
        }
    )


def read_statistics(X: Any) -> Statistics:
    """Check customers' statistics, given as a frame with ``COLUMNS`` or an (n, 3) array.

    Raises
    ------
    ValueError
        If a column is missing, a value is not a finite number, or they contradict each other.
    """
    if isinstance(X, pd.DataFrame):
        missing = [name for name in COLUMNS if name not in X]
        if missing:
            raise ValueError(f"X has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
        X = X[COLUMNS]
    values = np.asarray(X, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(COLUMNS):  # noqa: PLR2004 - a matrix
        raise ValueError(f"X has shape {values.shape}; it needs (customers, {len(COLUMNS)})")
    frequency, recency, age = values.T
    wrong = (
        ~np.isfinite(values).all(axis=1)
        | (frequency < 0)
        | (frequency != np.floor(frequency))
        | (recency < 0)
        | (recency > age)
        | ((frequency == 0) & (recency > 0))
    )
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"row {row} is no customer's past: frequency {frequency[row]:g}, recency "
            f"{recency[row]:g}, age {age[row]:g}; frequency is a whole number, and recency lies "
            "between 0 (no repeat purchase) and age"
        )
    return Statistics(frequency, recency, age)


def group(statistics: Statistics) -> tuple[Statistics, Floats]:
    """Return the distinct statistics and how many customers share each."""
    frame = pd.DataFrame({"x": statistics.frequency, "t": statistics.recency, "a": statistics.age})
    counts = frame.groupby(["x", "t", "a"], sort=True).size()
    distinct = counts.index.to_frame().to_numpy(dtype=np.float64)
    weights: Floats = counts.to_numpy().astype(np.float64)
    return Statistics(*np.ascontiguousarray(distinct.T)), weights
