"""Looking into the quarantine: what is wrong, how often, and single rows."""

from collections.abc import Iterator
from datetime import date

import pytest

from orchestration.exports.quarantine.listing import Selection, count, kinds, rows
from orchestration.warehouse import open_warehouse
from tests.conftest import fresh_database
from tests.orchestration.exports.conftest import Exports
from tests.orchestration.exports.quarantine.conftest import good

MAPPED = {
    "columns": {
        "order_revenue": 'money("order_revenue")',
        "status": "lower(\n  status\n)",
    },
    "keep": "case order_id when 'Total' then cast(customer_id as int) = 1 else true end",
}
ROWS = [
    "o1,c1,never,1,placed",
    "o2,c1,(is not one of) us,1,placed",
    "o3,c1,2024-05-01,1.00,Paid (cash)",
    '"x\ny",c1,"some\nday",gratis,placed',
    ",c1,2024-05-01,1,placed",
    "o5,c1,2024-05-01,1",
    "Total,zz,2024-05-01,1,placed",
    "o100,c1,2024-05-01,7,placed",
]
KINDS = {
    "ordered_at: cannot be understood as time": 4,
    'order_revenue: is not understood by money("order_revenue") as money': 1,
    "status: is not one of placed, fulfilled, cancelled, returned": 1,
    "order_id: nothing where a value is required": 1,
    "the line has 4 values where the header has 5 columns": 1,
    f"keep: {MAPPED['keep']} fails": 1,
    "same key as another line of the delivery": 1,
}


@pytest.fixture(params=["postgres", "duckdb"], scope="module")
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> Iterator[Exports]:
    """Return a shop with two days of orders that are wrong in every way that a reason tells."""
    folder = tmp_path_factory.mktemp(request.param)
    with fresh_database(postgres_server) as postgres_url:
        url = f"duckdb:///{folder / 'warehouse.duckdb'}"
        url = postgres_url if request.param == "postgres" else url
        exports = Exports(folder / "landing", open_warehouse(url, folder))
        exports.organize(orders=MAPPED)
        exports.deliver_orders(*ROWS, *good(10))
        exports.deliver_orders(ROWS[0], *good(10), day="2024-05-02")
        exports.load(quarantine_limit=1.0)
        yield exports


def test_rows_are_counted_by_what_is_wrong_with_them_whatever_their_values(shop: Exports) -> None:
    with shop.warehouse.session() as session:
        found = kinds(session, Selection()).to_pylist()
    assert {row["kind"]: row["rows"] for row in found} == KINDS
    first = found[0]
    assert (first["first_date"], first["last_date"]) == (date(2024, 5, 1), date(2024, 5, 2))
    assert (first["organization_id"], first["export"]) == ("shop", "orders")
    assert (first["file"], first["line"]) == ("shop/orders/orders_2024-05-02.csv", 2)
    assert first["raw_text"] == ROWS[0]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), 9),
        (Selection(organization="shop", export="orders"), 9),
        (Selection(organization="other"), 0),
        (Selection(file="shop/orders/orders_2024-05-02.csv"), 1),
        (Selection(since=date(2024, 5, 2)), 1),
        (Selection(reason="GRATIS"), 1),
        (Selection(reason="%"), 0),
    ],
)
def test_rows_are_selected(shop: Exports, selection: Selection, expected: int) -> None:
    with shop.warehouse.session() as session:
        assert count(session, selection) == expected
        assert rows(session, selection).num_rows == expected


def test_rows_come_in_the_order_of_their_files_up_to_a_limit(shop: Exports) -> None:
    with shop.warehouse.session() as session:
        found = rows(session, Selection(), limit=3)
        assert kinds(session, Selection(), limit=2).num_rows == 2
    assert found["line"].to_pylist() == [2, 3, 4]
