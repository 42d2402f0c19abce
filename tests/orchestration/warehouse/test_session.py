"""The same behaviour on both engines."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from orchestration.warehouse import Warehouse

UTC = dt.UTC
SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("quantity", pa.int64()),
        pa.field("is_refund", pa.bool_()),
        pa.field("revenue", pa.decimal128(18, 2)),
        pa.field("weight", pa.decimal128(38, 10)),
        pa.field("ordered_at", pa.timestamp("us", "UTC")),
        pa.field("local_time", pa.timestamp("us")),
        pa.field("order_date", pa.date32()),
        pa.field("score", pa.float64()),
    ]
)
ROWS = pa.Table.from_pylist(
    [
        {
            "id": "naïve 'quoted'\n",
            "quantity": 2**62,
            "is_refund": True,
            "revenue": Decimal("-1234567890123456.78"),
            "weight": Decimal("0.0000000001"),
            "ordered_at": dt.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            "local_time": dt.datetime(2024, 3, 31, 2, 30),
            "order_date": dt.date(1998, 1, 1),
            "score": 0.1,
        },
        {"id": "all null"},
    ],
    schema=SCHEMA,
)


@pytest.fixture
def orders(warehouse: Warehouse) -> Warehouse:
    """Return a warehouse with an empty table ``raw.orders`` of every type."""
    with warehouse.session() as session:
        session.create_schema("raw")
        session.create_table("raw", "orders", SCHEMA)
    return warehouse


def read(warehouse: Warehouse, sql: str, parameters: tuple[object, ...] = ()) -> pa.Table:
    with warehouse.session() as session:
        return session.query(sql, parameters)


def test_every_type_comes_back_as_it_went_in(orders: Warehouse) -> None:
    with orders.session() as session:
        assert session.ingest("raw", "orders", ROWS) == 2
    back = read(orders, "select * from raw.orders order by id desc")
    assert back.to_pylist() == ROWS.to_pylist()
    assert back.schema.types == SCHEMA.types
