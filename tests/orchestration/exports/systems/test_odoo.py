"""Odoo, sale orders with their lines: an order's fields stand on its first line alone."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ORGANIZATION_ID = "odoo"
BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
HEADER = [
    "Order Reference", "Order Date", "Customer", "Status", "Total", "Order Lines/Product",
    "Order Lines/Description", "Order Lines/Quantity", "Order Lines/Unit Price",
]  # fmt: skip
STATUSES = {"Sales Order": "placed", "Locked": "fulfilled", "Cancelled": "cancelled"}


@dataclass(frozen=True)
class Order:
    """What the generator knows of an order; a line is product, quantity and price."""

    reference: str
    customer: str | None
    moment: datetime
    status: str
    lines: list[tuple[str, Decimal, Decimal]]

    @property
    def total(self) -> Decimal:
        """What the order comes to."""
        return sum((quantity * price for _, quantity, price in self.lines), Decimal(0))


def draw(count: int) -> list[Order]:
    rng = random.Random(3)
    return [
        Order(
            reference=f"S{number:05}",
            customer=rng.choice(["Azure Interior", 'Casa "Sol", S.A.', None]),
            moment=datetime(2024, 1, 1, tzinfo=BUENOS_AIRES)
            + timedelta(minutes=rng.randrange(300_000)),
            status=rng.choice([*STATUSES, "Quotation"]),
            lines=[
                (
                    rng.choice(["[FURN_1] Desk", "[FURN_2] Lamp", "Service"]),
                    Decimal(rng.randrange(1, 4_000)) / 2,
                    Decimal(rng.randrange(1, 5_000_000)) / 100 * rng.choice([1, 1, -1]),
                )
                for _ in range(rng.randrange(1, 6))
            ],
        )
        for number in range(count)
    ]


def argentine(amount: Decimal, places: int) -> str:
    return f"{amount:,.{places}f}".translate(str.maketrans(",.", ".,"))


def export(orders: list[Order]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for order in orders:
        fields = [
            order.reference, f"{order.moment:%Y-%m-%d %H:%M:%S}", order.customer or "",
            order.status, f"$ {argentine(order.total, 2)}",
        ]  # fmt: skip
        for product, quantity, price in order.lines:
            amounts = [argentine(quantity, 3), f"$ {argentine(price, 2)}"]
            writer.writerow([*fields, product, f"{product}\nas shown", *amounts])
            fields = [""] * 5
        if order.reference.endswith("7"):
            writer.writerow([*fields, "", "Delivery takes two weeks", "0,000", "$ 0,00"])
    return text.getvalue()


@pytest.fixture(scope="module")
def orders(system: Any) -> list[Order]:
    drawn = draw(400)
    system.deliver("sale_order_2024-12-31.csv", export(drawn))
    return drawn


def test_every_line_loads_under_its_order(system: Any, orders: list[Order]) -> None:
    result = system.load("order_lines")
    assert result.rows_quarantined == 0
    loaded = system.rows(
        "select order_id, line_number, customer_id, ordered_at, product_id, quantity, unit_price "
        "from raw.order_lines order by order_id, line_number"
    )
    assert loaded == [
        (order.reference, n, order.customer, order.moment.astimezone(UTC), *line)
        for order in orders
        if order.status in {"Sales Order", "Locked"}
        for n, line in enumerate(order.lines, 1)
    ]


def test_every_order_loads_once_and_quotations_do_not(system: Any, orders: list[Order]) -> None:
    result = system.load("orders")
    assert result.rows_quarantined == 0
    loaded = system.rows(
        "select order_id, customer_id, ordered_at, order_revenue, status "
        "from raw.orders order by order_id"
    )
    assert loaded == [
        (
            order.reference,
            order.customer,
            order.moment.astimezone(UTC),
            order.total.quantize(Decimal("0.01")),
            STATUSES[order.status],
        )
        for order in orders
        if order.status in STATUSES
    ]
