"""NetSuite, sales by customer: titles, "Total - ..." rows, negatives in parentheses, "- None -"."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ORGANIZATION_ID = "netsuite"
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
HEADER = [
    "Customer: Name", "Date", "Document Number", "Type", "Sales Rep", "Amount", "Est. Gross Profit"
]  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What the generator knows of an order; the margin is None where the system knows none."""

    customer: str
    day: date
    number: str
    amount: Decimal
    margin: Decimal | None

    @property
    def canonical(self) -> tuple[Any, ...]:
        """The row as it must stand in the raw table."""
        midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=LOS_ANGELES)
        customer = self.customer.partition(" ")[0]
        return (
            self.number, customer, midnight.astimezone(UTC), self.amount, self.margin,
        )  # fmt: skip


def draw(count: int) -> list[Order]:
    rng = random.Random(5)
    orders = []
    for number in range(count):
        amount = Decimal(rng.randrange(-900_000, 9_000_000)) / 100
        margin = None if rng.random() < 0.2 else (amount * 3 / 10).quantize(Decimal("0.01"))
        orders.append(
            Order(
                customer=rng.choice(["C-100 Acme, Inc.", "C-2 Böttcher GmbH", "C-31 O'Neil"]),
                day=date(2024, 1, 1) + timedelta(days=rng.randrange(366)),
                number=f"{'CM' if amount < 0 else 'INV'}{number:06}",
                amount=amount,
                margin=margin,
            )
        )
    return sorted(orders, key=lambda order: order.customer)


def dollars(amount: Decimal | None) -> str:
    if amount is None:
        return "- None -"
    return f"(${-amount:,.2f})" if amount < 0 else f"${amount:,.2f}"


def rows(orders: list[Order]) -> Iterator[list[str]]:
    yield ["Parent Company : Corner Shop"]
    yield ["Sales by Customer Detail"]
    yield ["From Jan 2024 to Dec 2024"]
    yield ["Options: Show Zeros", ""]
    yield HEADER
    for customer, group in groupby(orders, key=lambda order: order.customer):
        own = list(group)
        yield [customer, *[""] * 6]
        for order in own:
            kind = "Credit Memo" if order.amount < 0 else "Invoice"
            yield [
                order.customer, f"{order.day.month}/{order.day.day}/{order.day.year}", order.number,
                kind, "- None -", dollars(order.amount), dollars(order.margin),
            ]  # fmt: skip
        total = dollars(sum((order.amount for order in own), Decimal(0)))
        yield [f"Total - {customer}", "", "", "", "", total, ""]
    yield ["Total", "", "", "", "", dollars(sum((one.amount for one in orders), Decimal(0))), ""]


@pytest.fixture(scope="module")
def orders(system: Any) -> list[Order]:
    drawn = draw(800)
    text = io.StringIO()
    csv.writer(text).writerows(rows(drawn))
    system.deliver("SalesbyCustomerDetail20241231.csv", text.getvalue(), "cp1252")
    result = system.load("orders")
    headings_and_totals = 2 * 3 + 1
    assert (result.rows_loaded, result.rows_quarantined) == (len(drawn), 0)
    assert result.rows_skipped == headings_and_totals
    return drawn


def test_every_order_loads_as_it_was(system: Any, orders: list[Order]) -> None:
    loaded = system.rows(
        "select order_id, customer_id, ordered_at, order_revenue, gross_margin "
        "from raw.orders order by order_id"
    )
    assert loaded == sorted(order.canonical for order in orders)


def test_the_orders_come_to_the_reports_own_total(system: Any, orders: list[Order]) -> None:
    [(total,)] = system.rows("select sum(order_revenue) as revenue from raw.orders")
    assert total == sum(order.amount for order in orders)
