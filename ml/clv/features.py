"""What was known of each customer at a cutoff, and what followed. Times are in weeks."""

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.clv.history import History

WEEK = 7.0
WINDOWS = (4, 13, 26, 52)
HALF_LIVES = (3, 9, 27)


def features(history: History, cutoff: int) -> pd.DataFrame:
    """Return one row per customer with a purchase until the cutoff, indexed by their number.

    Times and gaps are in weeks, values in currency. ``frequency``, ``recency``, ``age`` and
    ``monetary`` are what the models of ``ml.purchase`` need.
    """
    past = history.until(cutoff)
    n = len(history.customers)
    bought = past.orders > 0
    customer, day = past.customer[bought], past.day[bought]
    purchases = np.bincount(customer, minlength=n)
    present = np.flatnonzero(purchases)
    last_row = np.cumsum(purchases)[present] - 1
    first_row = last_row - purchases[present] + 1

    def total(weights: Floats) -> Floats:
        sums: Floats = np.bincount(past.customer, weights=weights, minlength=n)[present].astype(
            np.float64
        )
        return sums

    value = past.value[bought]
    days_ago = (cutoff - past.day).astype(np.float64)
    frequency = (purchases[present] - 1).astype(np.float64)
    repeated = frequency > 0
    recency = (day[last_row] - day[first_row]) / WEEK
    age = (cutoff - day[first_row]) / WEEK
    since = age - recency
    gap = np.where(repeated, recency / np.maximum(frequency, 1.0), np.nan)
    last_gap = np.where(repeated, (day[last_row] - day[np.maximum(last_row - 1, 0)]) / WEEK, np.nan)
    spent = total(past.value)
    first_value = value[first_row]
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "frequency": frequency,
            "recency": recency,
            "age": age,
            "monetary": np.where(repeated, (spent - first_value) / frequency, np.nan),
            "since": since,
            "gap": gap,
            "last_gap": last_gap,
            "since_over_gap": since / gap,
            "since_over_age": since / np.maximum(age, 1.0),
            "orders": total(past.orders.astype(np.float64)),
            "first_orders": past.orders[bought][first_row].astype(np.float64),
            "value": spent,
            "value_mean": spent / (frequency + 1),
            "value_first": first_value,
            "value_last": value[last_row],
            "value_largest": np.maximum.reduceat(value, first_row) if len(value) else value,
        }
    counts = bought.astype(np.float64)
    for weeks in WINDOWS:
        inside = days_ago < WEEK * weeks
        columns[f"purchases_{weeks}w"] = total(counts * inside)
        columns[f"value_{weeks}w"] = total(past.value * inside)
    for weeks in HALF_LIVES:
        weight = 0.5 ** (days_ago / (WEEK * weeks))
        columns[f"purchases_fading_{weeks}w"] = total(counts * weight)
        columns[f"value_fading_{weeks}w"] = total(past.value * weight)
    return pd.DataFrame(columns, index=pd.Index(present, name="customer"))


def outcomes(history: History, cutoff: int, until: int, customers: pd.Index) -> pd.DataFrame:
    """Return what these customers did after the cutoff: purchases (days), value (currency)."""
    later = history.between(cutoff, until)
    n = len(history.customers)
    purchases = np.bincount(later.customer, later.orders > 0, minlength=n)
    value = np.bincount(later.customer, later.value, minlength=n)
    return pd.DataFrame(
        {"purchases": purchases[customers], "value": value[customers]}, index=customers
    )
