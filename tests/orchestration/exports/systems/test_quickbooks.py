"""QuickBooks Online, "Sales by Customer Detail": customers as headings, totals below, a footer."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

ORGANIZATION_ID = "quickbooks"
CHICAGO = ZoneInfo("America/Chicago")
HEADER = [
    "", "Date", "Transaction type", "Num", "Product/Service", "Memo/Description", "Qty",
    "Sales price", "Amount", "Balance",
]  # fmt: skip
CUSTOMERS = ["Acme, Inc.", "Ann Lee", "Zoë's Café", "Smith & Sons\nLtd.", "Total Fitness LLC"]


class Line(NamedTuple):
    """What the generator knows of a line."""

    order: str
    number: int
    customer: str
    day: date
    product: str | None
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Quantity times price, in whole cents."""
        return (self.quantity * self.price).quantize(Decimal("0.01"))


def draw(orders: int) -> list[Line]:
    rng = random.Random(11)
    lines = []
    for order in range(orders):
        customer, is_refund = rng.choice(CUSTOMERS), rng.random() < 0.1
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(91))
        for number in range(1, rng.randrange(2, 6)):
            quantity = Decimal(rng.choice([1, 2, 12, 1500]))
            product = rng.choice(["Tea:Green", "Pot", "Delivery", None])
            price = Decimal(rng.randrange(50, 250_000)) / 100
            sign = -1 if is_refund else 1
            lines.append(
                Line(f"{1000 + order}", number, customer, day, product, sign * quantity, price)
            )
    return lines


def rows(lines: list[Line]) -> Iterator[list[str]]:
    yield ["Sales by Customer Detail"]
    yield ["Corner Shop, LLC"]
    yield ["January 1 - March 31, 2024"]
    yield []
    yield HEADER
    for customer in CUSTOMERS:
        own = [line for line in lines if line.customer == customer]
        yield [customer, *[""] * 9]
        balance = Decimal(0)
        for line in own:
            balance += line.amount
            kind = "Credit Memo" if line.quantity < 0 else "Invoice"
            yield [
                "", f"{line.day:%m/%d/%Y}", kind, line.order, line.product or "", "as agreed",
                f"{line.quantity:,}", f"{line.price:,.2f}", f"{line.amount:,.2f}", f"{balance:,.2f}",
            ]  # fmt: skip
        yield [f"Total for {customer}", *[""] * 7, f"${balance:,.2f}", ""]
    yield ["TOTAL", *[""] * 7, f"${sum(line.amount for line in lines):,.2f}", ""]
    yield []
    yield ["Tuesday, April 2, 2024 09:15 AM GMT-05:00 - Accrual Basis"]


@pytest.fixture(scope="module")
def lines(system: Any) -> list[Line]:
    drawn = draw(300)
    text = io.StringIO()
    csv.writer(text).writerows(rows(drawn))
    system.deliver("Sales by Customer Detail_2024-04-02.csv", text.getvalue())
    result = system.load("order_lines")
    headings_totals_and_footer = 2 * len(CUSTOMERS) + 2
    assert (result.rows_quarantined, result.rows_skipped) == (0, headings_totals_and_footer)
    assert result.rows_loaded == len(drawn)
    return drawn


def test_every_line_loads_under_its_customer(system: Any, lines: list[Line]) -> None:
    loaded = system.rows(
        "select order_id, line_number, customer_id, product_id, quantity, unit_price "
        "from raw.order_lines order by cast(order_id as integer), line_number"
    )
    assert loaded == [
        (
            line.order,
            line.number,
            line.customer,
            line.product or "unspecified",
            line.quantity,
            line.price,
        )
        for line in lines
    ]


def test_the_days_begin_at_midnight_in_the_companys_zone(system: Any, lines: list[Line]) -> None:
    loaded = system.rows(
        "select distinct order_id, ordered_at from raw.order_lines order by order_id"
    )
    midnights = {
        line.order: datetime(
            line.day.year, line.day.month, line.day.day, tzinfo=CHICAGO
        ).astimezone(UTC)
        for line in lines
    }
    assert dict(loaded) == midnights


def test_the_lines_come_to_the_reports_own_totals(system: Any, lines: list[Line]) -> None:
    loaded = system.rows(
        "select customer_id, sum(cast(quantity * unit_price as decimal(18, 2))) as amount "
        "from raw.order_lines group by customer_id"
    )
    assert dict(loaded) == {
        customer: sum(line.amount for line in lines if line.customer == customer)
        for customer in CUSTOMERS
    }
