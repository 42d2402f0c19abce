"""The ERP: orders with lines, what becomes of them, and refunds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.sample.draws import Flags, Floats, Integers
from orchestration.sample.products import PERIOD_DAYS, Catalogue
from orchestration.sample.purchases import (
    Population,
    PurchaseParameters,
    Purchases,
    draw_spend,
    draw_voids,
)
from orchestration.sample.season import OperationalClock, Season
from orchestration.sample.versions import draw_delays, versions

ACCOUNTS = PurchaseParameters(
    r=1.4, alpha=28.0, a=0.6, b=9.0, p=5.0, q=4.0, v=240.0, void_share=0.07, no_purchase_share=0.03
)
ACCOUNT_SEASON = Season(
    months=(0.80, 0.90, 1.15, 1.25, 1.25, 1.10, 0.90, 0.90, 1.00, 0.90, 0.90, 0.95),
    weekdays=(1.25, 1.25, 1.15, 1.15, 1.10, 0.35, 0.15),
)

NO_ACCOUNT = -1
"""Stands for the customer of an order that the ERP knows none for."""

NO_ACCOUNT_SHARE = 0.01
REFUND_SHARE = 0.015
LATE_SHARE = 0.03
CANCELLED_SHARE = 0.4
"""Share of void orders that are cancelled; the others are returned."""

_OPENS, _CLOSES = 7 * 60, 18 * 60


@dataclass(frozen=True)
class Orders:
    """Orders in the order in which they were placed, and the versions that exports deliver.

    Attributes
    ----------
    rows
        ``customer``, ``day``, ``minute``, ``refund``, ``revenue_cents``, ``cost_cents``.
    lines
        ``row`` of the order, ``line_number``, ``product``, ``quantity``, ``price_cents`` and
        ``cost_cents`` of one unit.
    delivered, delivered_lines
        As ``versions`` returns them.
    """

    rows: pd.DataFrame
    lines: pd.DataFrame
    delivered: pd.DataFrame
    delivered_lines: pd.DataFrame


def draw_orders(
    rng: np.random.Generator,
    population: Population,
    purchases: Purchases,
    *,
    clock: OperationalClock,
    catalogue: Catalogue,
    first_of_month: Flags,
) -> Orders:
    """Draw the orders behind a population's purchases.

    Parameters
    ----------
    rng
        Source of randomness.
    population, purchases
        Accounts and their process, drawn to the sample's end.
    clock
        The accounts' operational time, over the same days.
    catalogue
        What is sold, at which price on which day.
    first_of_month
        Whether each day is one, shape (days,).
    """
    end = clock.at(len(first_of_month))
    void_customer, void_time = draw_voids(rng, population, purchases, ACCOUNTS.void_share, end)
    walk_ins = rng.binomial(len(purchases.customer), NO_ACCOUNT_SHARE)
    void = np.repeat([False, True, False], [len(purchases.customer), len(void_customer), walk_ins])
    customer = np.concatenate((purchases.customer, void_customer, np.full(walk_ins, NO_ACCOUNT)))
    time = np.concatenate((purchases.time, void_time, rng.random(walk_ins) * end))
    size = len(customer)

    sales = pd.DataFrame({"customer": customer, "day": clock.day(time)})
    sales["minute"] = rng.triangular(_OPENS, 11 * 60, _CLOSES, size).astype(np.int64)
    sales["settled_day"] = sales["day"] + rng.integers(1, 6, size)
    sales["cancelled"] = void & (rng.random(size) < CANCELLED_SHARE)
    sales["returned"] = void & ~sales["cancelled"]
    # Walk-ins spend as a customer drawn by lot does.
    like = customer.copy()
    like[customer == NO_ACCOUNT] = rng.permutation(purchases.customer)[:walk_ins]
    spend_cents = draw_spend(rng, population, like, ACCOUNTS.p) * 100
    lines = _draw_lines(rng, sales["day"].to_numpy(), spend_cents, catalogue)

    kept = np.flatnonzero(~void)
    refunds, refund_lines = _draw_refunds(rng, sales, lines, kept, len(first_of_month) - 1)
    rows = pd.concat([sales.assign(refund=False), refunds], ignore_index=True)
    lines = pd.concat([lines, refund_lines], ignore_index=True)
    rows, lines = _in_order_of_placement(rows, lines)
    rows = rows.join(_sums(lines, len(rows)))

    delivered, known = _draw_versions(rng, rows, first_of_month)
    every_line = np.arange(len(lines))
    line_known = known[lines["row"].to_numpy()]
    delivered_lines = versions([(every_line, line_known, "sold")], line_known, first_of_month)
    columns = ["customer", "day", "minute", "refund", "revenue_cents", "cost_cents"]
    return Orders(rows[columns], lines, delivered, delivered_lines)


def _draw_lines(
    rng: np.random.Generator, day: Integers, spend_cents: Floats, catalogue: Catalogue
) -> pd.DataFrame:
    """Split each order's spend over one line or more, at the prices of its day."""
    products = catalogue.products
    count = 1 + rng.poisson(1.3, len(day))
    row = np.repeat(np.arange(len(day)), count)
    part = rng.gamma(3.0, 1.0, len(row))
    budget = spend_cents[row] * part / np.bincount(row, part, len(day))[row]
    product = rng.choice(len(products), len(row), p=products["popularity"])
    base = products["base_cents"].to_numpy()[product]
    period = day[row] // PERIOD_DAYS
    price = catalogue.price_cents[product, period]
    demand = budget / base * (price / base) ** products["elasticity"].to_numpy()[product]
    return pd.DataFrame(
        {
            "row": row,
            "line_number": np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + 1,
            "product": product,
            # Rounding up or down by lot keeps the mean, which rounding to the nearest does not.
            "quantity": np.maximum(np.floor(demand + rng.random(len(row))), 1).astype(np.int64),
            "price_cents": price,
            "cost_cents": catalogue.cost_cents[product, period],
        }
    )


def _draw_refunds(
    rng: np.random.Generator,
    sales: pd.DataFrame,
    lines: pd.DataFrame,
    kept: Integers,
    last: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give back a part of some orders' first line, each as an order with one negative line."""
    chosen = kept[rng.random(len(kept)) < REFUND_SHARE]
    day = sales["settled_day"].to_numpy()[chosen] + rng.integers(3, 21, len(chosen))
    chosen, day = chosen[day <= last], day[day <= last]
    refunds = sales.iloc[chosen].assign(day=day, settled_day=day, refund=True)
    first_lines = lines[lines["line_number"] == 1].iloc[chosen]
    share = rng.uniform(0.2, 1.0, len(chosen))
    return refunds, first_lines.assign(
        row=len(sales) + np.arange(len(chosen)),
        quantity=-np.ceil(first_lines["quantity"] * share).astype(np.int64),
    )


def _in_order_of_placement(
    rows: pd.DataFrame, lines: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    order = np.lexsort((rows["customer"], rows["minute"], rows["day"]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    lines = lines.assign(row=place[lines["row"].to_numpy()])
    return (
        rows.iloc[order].reset_index(drop=True),
        lines.sort_values(["row", "line_number"], ignore_index=True),
    )


def _sums(lines: pd.DataFrame, size: int) -> pd.DataFrame:
    """Add up revenue and cost of each order, in whole cents."""
    sums = pd.DataFrame(
        {
            "revenue_cents": lines["quantity"] * lines["price_cents"],
            "cost_cents": lines["quantity"] * lines["cost_cents"],
        }
    )
    return sums.groupby(lines["row"]).sum().reindex(range(size))


def _draw_versions(
    rng: np.random.Generator, rows: pd.DataFrame, first_of_month: Flags
) -> tuple[pd.DataFrame, Integers]:
    size = len(rows)
    every = np.arange(size)
    day, settled_day = rows["day"].to_numpy(), rows["settled_day"].to_numpy()
    cancelled, returned = rows["cancelled"].to_numpy(), rows["returned"].to_numpy()
    cancelled_day = day + rng.integers(0, 4, size)
    returned_day = settled_day + rng.integers(5, 31, size)
    known = day + draw_delays(rng, size, LATE_SHARE)
    changes = [
        (every, day, "placed"),
        (every[cancelled], cancelled_day[cancelled], "cancelled"),
        (every[~cancelled], settled_day[~cancelled], "fulfilled"),
        (every[returned], returned_day[returned], "returned"),
    ]
    return versions(changes, known, first_of_month), known
