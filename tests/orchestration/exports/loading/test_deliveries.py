"""Files that repeat, replace or outlive one another within a delivery."""

import gzip
from typing import Any

import pytest

from orchestration.exports.loading.results import FileStatus

HEADER = "order_id,customer_id,ordered_at,order_revenue,status\n"
LINES = "order_id,ordered_at,product_id,quantity,unit_price\n"
DAY = "2024-05-01"


def order(number: int, revenue: str = "1.00") -> str:
    return f"o{number},c1,{DAY} 10:00:00,{revenue},placed\n"


def line(order_id: int, product: str = "p1") -> str:
    return f"{order_id},{DAY} 10:00:00,{product},1,2.50\n"


@pytest.fixture
def orders(exports: Any) -> Any:
    """Return exports whose orders come in any number of parts."""
    exports.organize(orders={"files": "orders_{date}*.csv"})
    return exports


@pytest.fixture
def order_lines(exports: Any) -> Any:
    """Return exports whose order lines come in any number of parts."""
    exports.organize(order_lines={"files": "lines_{date}*.csv"})
    return exports


def statuses(result: Any) -> dict[str, FileStatus]:
    return {one.file.removeprefix(f"shop/orders_{DAY}"): one.status for one in result.files}


def standing(exports: Any) -> list[tuple[Any, ...]]:
    """Return what the ledger holds for true: file, status, rows loaded, and what it repeats."""
    return exports.rows(
        "select file, status, rows_loaded, duplicate_of from ops.file_loads "
        "where status in ('loaded', 'duplicate', 'refused') order by file"
    )


def ids(exports: Any) -> list[tuple[str, str]]:
    """Return each order with the file that it came from."""
    return exports.rows("select order_id, _file from raw.orders order by 1, 2")


def test_the_same_content_under_another_name_is_loaded_once(orders: Any) -> None:
    orders.deliver(f"orders_{DAY}.csv", HEADER + order(1))
    orders.load()
    orders.deliver(f"orders_{DAY} (1).csv", HEADER + order(1))
    result = orders.load()
    assert statuses(result) == {" (1).csv": FileStatus.LOADED, ".csv": FileStatus.DUPLICATE}
    assert ids(orders) == [("o1", f"shop/orders_{DAY} (1).csv")]
    assert standing(orders) == [
        (f"shop/orders_{DAY} (1).csv", "loaded", 1, None),
        (f"shop/orders_{DAY}.csv", "duplicate", 0, f"shop/orders_{DAY} (1).csv"),
    ]
    assert result.rows_read == result.rows_loaded == 1
    assert set(statuses(orders.load()).values()) == {FileStatus.UNCHANGED}


def test_a_packed_twin_is_recognised(orders: Any) -> None:
    orders.deliver(f"orders_{DAY}.csv", HEADER + order(1))
    orders.deliver(f"orders_{DAY}.csv.gz", gzip.compress((HEADER + order(1)).encode()))
    result = orders.load()
    assert statuses(result) == {".csv": FileStatus.LOADED, ".csv.gz": FileStatus.DUPLICATE}
    assert result.files[1].message == (
        f"shop/orders_{DAY}.csv.gz repeats shop/orders_{DAY}.csv: its rows stand once."
    )


def test_the_same_content_on_another_day_is_loaded(orders: Any) -> None:
    orders.deliver(f"orders_{DAY}.csv", HEADER + order(1))
    orders.deliver("orders_2024-05-02.csv", HEADER + order(1))
    orders.load()
    assert len(ids(orders)) == 2


def test_lines_numbered_by_position_are_not_doubled_by_a_copy(order_lines: Any) -> None:
    for part in "ab":
        order_lines.deliver(f"lines_{DAY}{part}.csv", LINES + line(1) * 2)
    result = order_lines.load("order_lines")
    assert order_lines.rows("select line_number from raw.order_lines order by 1") == [(1,), (2,)]
    assert result.duplicate_lines == 1


def test_a_duplicate_is_loaded_when_its_original_leaves(orders: Any) -> None:
    first = orders.deliver(f"orders_{DAY}_a.csv", HEADER + order(1))
    orders.deliver(f"orders_{DAY}_b.csv", HEADER + order(1))
    orders.load()
    first.unlink()
    orders.load()
    assert ids(orders) == [("o1", f"shop/orders_{DAY}_b.csv")]
    assert standing(orders) == [
        (f"shop/orders_{DAY}_a.csv", "duplicate", 0, f"shop/orders_{DAY}_b.csv"),
        (f"shop/orders_{DAY}_b.csv", "loaded", 1, None),
    ]


def test_a_duplicate_is_loaded_when_its_original_changes(orders: Any) -> None:
    for part in "ab":
        orders.deliver(f"orders_{DAY}_{part}.csv", HEADER + order(1))
    orders.load()
    orders.deliver(f"orders_{DAY}_a.csv", HEADER + order(2))
    orders.load()
    assert ids(orders) == [
        ("o1", f"shop/orders_{DAY}_b.csv"),
        ("o2", f"shop/orders_{DAY}_a.csv"),
    ]


def test_content_stays_when_its_duplicate_has_left_and_its_original_changes(orders: Any) -> None:
    bad = "o9,c1,never,1,placed\n"
    text = HEADER + "".join(order(n) for n in range(30)) + bad
    orders.deliver(f"orders_{DAY}_a.csv", text)
    copy = orders.deliver(f"orders_{DAY}_b.csv", text)
    orders.load()
    copy.unlink()
    orders.deliver(f"orders_{DAY}_a.csv", HEADER + order(50))
    orders.load()
    assert standing(orders) == [
        (f"shop/orders_{DAY}_a.csv", "loaded", 1, None),
        (f"shop/orders_{DAY}_b.csv", "loaded", 30, None),
    ]
    assert len(ids(orders)) == 31
    assert orders.rows("select file, line, raw_text from quarantine.rows") == [
        (f"shop/orders_{DAY}_b.csv", 32, bad.strip())
    ]
    before = orders.rows("select * from ops.file_loads")
    orders.load()
    assert orders.rows("select * from ops.file_loads") == before


def test_a_refused_delivery_leaves_its_duplicates_as_they_were(orders: Any) -> None:
    for part in "ab":
        orders.deliver(f"orders_{DAY}_{part}.csv", HEADER + order(1))
    orders.load()
    before = ids(orders)
    orders.deliver(f"orders_{DAY}_a.csv", HEADER + "o1,c1,never,1,placed\n")
    assert orders.load().refusals
    assert ids(orders) == before
    orders.deliver(f"orders_{DAY}_a.csv", HEADER + order(1))
    assert not orders.load().refusals
    assert ids(orders) == before
    assert [status for _, status, _, _ in standing(orders)] == ["loaded", "duplicate"]


def test_a_refusal_is_cleared_when_the_good_bytes_return_and_no_load_id_returns(
    orders: Any,
) -> None:
    orders.deliver(f"orders_{DAY}.csv", HEADER + order(1))
    orders.load()
    orders.deliver(f"orders_{DAY}.csv", HEADER + "o1,c1,never,1,placed\n")
    orders.load()
    orders.deliver(f"orders_{DAY}.csv", HEADER + order(1))
    assert statuses(orders.load()) == {".csv": FileStatus.UNCHANGED}
    orders.deliver(f"orders_{DAY}.csv", HEADER + order(2))
    orders.load()
    loads = orders.rows("select load_id, status from ops.file_loads order by load_id")
    assert loads == [(1, "superseded"), (2, "cleared"), (3, "loaded")]


@pytest.mark.parametrize("late", ["a", "c"])
def test_positions_count_on_when_an_earlier_part_has_left(order_lines: Any, late: str) -> None:
    part = order_lines.deliver(f"lines_{DAY}b.csv", LINES + line(1, "b1") + line(1, "b2"))
    order_lines.load("order_lines")
    part.unlink()
    order_lines.deliver(f"lines_{DAY}{late}.csv", LINES + line(1, "new") + line(2, "new"))
    order_lines.load("order_lines")
    numbers = order_lines.rows(
        "select order_id, product_id, line_number from raw.order_lines order by 1, 3"
    )
    first = ["new", "b1", "b2"] if late == "a" else ["b1", "b2", "new"]
    assert numbers == [*(("1", p, n) for n, p in enumerate(first, 1)), ("2", "new", 1)]


def test_positions_count_on_over_parts_that_leave_one_by_one(order_lines: Any) -> None:
    for part in "bda":
        file = order_lines.deliver(f"lines_{DAY}{part}.csv", LINES + line(1, part) * 2)
        order_lines.load("order_lines")
        file.unlink()
    order_lines.deliver(f"lines_{DAY}c.csv", LINES + line(1, "c"))
    order_lines.load("order_lines")
    numbers = order_lines.rows("select line_number, product_id from raw.order_lines order by 1")
    assert numbers == list(enumerate(["a", "a", "b", "b", "c", "d", "d"], 1))


def test_a_file_whose_name_tells_another_day_now_is_loaded_anew(orders: Any) -> None:
    orders.deliver("orders_2024-05-01_2024-06-01.csv", HEADER + order(1))
    orders.organize(orders={"files": "orders_{date}_*.csv"})
    orders.load()
    orders.organize(orders={"files": "orders_*_{date}.csv"})
    orders.load()
    days = orders.rows("select cast(_export_date as varchar) from raw.orders")
    assert days == [("2024-06-01",)]


def test_many_repeated_keys_are_settled(exports: Any) -> None:
    exports.deliver(
        "orders/orders_2024-05-01.csv",
        HEADER + "".join(order(n) for n in range(2000)) * 2,
    )
    result = exports.load()
    assert (result.rows_loaded, result.rows_quarantined) == (2000, 2000)
    [(reason,)] = exports.rows("select reasons from quarantine.rows where line = 2")
    assert reason == (
        "same key (order_id=o0) as line 2002 of shop/orders/orders_2024-05-01.csv, "
        "which replaces it"
    )
