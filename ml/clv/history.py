"""What customers bought, day by day, as arrays that features and outcomes are counted from."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ml.arrays import Floats, Integers

KEY = ["customer_type", "customer_id"]
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class History:
    """Days of customers in the order of customer and day.

    Attributes
    ----------
    customers : frame with customer_type and customer_id; its row is the customer's number
    customer : number of each day's customer, (n,)
    day : days since 1970-01-01, (n,)
    orders : purchases of the day; 0 on a day with refunds alone, (n,)
    value : what the day brought, net of refunds, in currency, (n,)
    """

    customers: pd.DataFrame
    customer: Integers
    day: Integers
    orders: Integers
    value: Floats

    def between(self, after: int, until: int) -> "History":
        """Return the days later than ``after`` up to and with ``until``."""
        kept = (self.day > after) & (self.day <= until)
        return History(
            self.customers,
            self.customer[kept],
            self.day[kept],
            self.orders[kept],
            self.value[kept],
        )

    def until(self, day: int) -> "History":
        """Return the days up to and with ``day``."""
        return self.between(np.iinfo(np.int64).min, day)

    def first_purchase(self) -> int:
        """Return the day of the very first purchase.

        Raises
        ------
        ValueError
            If nobody bought anything.
        """
        bought = self.orders > 0
        if not bought.any():
            raise ValueError("no customer has a purchase: lifetime value needs at least one")
        return int(self.day[bought].min())


def read_history(days: pd.DataFrame, value: str) -> History:
    """Read customers' days, such as those of ``fct_customer_day``.

    Parameters
    ----------
    days : customer_type, customer_id, transaction_date, order_count, and the column that ``value``
        names. The unknown customer is left out.

    Raises
    ------
    ValueError
        If a column is missing, a date or value is empty, or a customer has a day twice.
    """
    needed = [*KEY, "transaction_date", "order_count", value]
    if missing := [name for name in needed if name not in days]:
        raise ValueError(f"days has no column {', '.join(missing)}; it needs {', '.join(needed)}")
    known = days.loc[days["customer_type"] != _UNKNOWN, needed]
    for name in ("transaction_date", value):
        if known[name].isna().any():
            raise ValueError(f"days has rows without {name}: every day needs one")
    groups = known.groupby(KEY, sort=True, observed=True)
    customer: Integers = groups.ngroup().to_numpy().astype(np.int64)
    day = _day_numbers(known["transaction_date"])
    order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    twice = (np.diff(customer) == 0) & (np.diff(day) == 0)
    if twice.any():
        row = known.iloc[order[int(np.flatnonzero(twice)[0])]]
        raise ValueError(
            f"customer {row['customer_id']} has {row['transaction_date']} twice: add up each day"
        )
    first = np.concatenate([[True], np.diff(customer) > 0]) if len(customer) else np.empty(0, bool)
    return History(
        known[KEY].iloc[order[first]].reset_index(drop=True),
        customer,
        day,
        known["order_count"].fillna(0).to_numpy(dtype=np.int64)[order],
        known[value].to_numpy(dtype=np.float64)[order],
    )


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _day_numbers(days: pd.Series) -> Integers:
    numbers: Integers = pd.to_datetime(days).to_numpy(dtype="datetime64[D]").astype(np.int64)
    return numbers
