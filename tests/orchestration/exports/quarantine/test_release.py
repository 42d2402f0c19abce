"""Releasing rows after their mapping was mended, with their file still landed and without it."""

from decimal import Decimal
from typing import Any

import pytest

from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.results import FileStatus
from orchestration.exports.quarantine.listing import Selection
from orchestration.exports.quarantine.release import ReleaseResult, release
from tests.orchestration.exports.quarantine.conftest import BAD, good

FILE = "shop/orders/orders_2024-05-01.csv"
MENDED = {
    "columns": {"ordered_at": "case ordered_at when 'never' then '2024-05-01' else ordered_at end"}
}
SECOND_BAD = BAD.replace("never", "later").replace("o1", "o2")


def released(exports: Any, **selection: str) -> ReleaseResult:
    landing = Landing(str(exports.folder))
    return release(exports.warehouse, landing, [exports.organization], Selection(**selection))


def statuses(exports: Any) -> list[tuple[Any, ...]]:
    return exports.rows("select line, status from quarantine.rows order by file, line")


def outcome(exports: Any) -> tuple[Any, ...]:
    """Return everything but load ids and clocks."""
    ledger = exports.rows(
        "select file, rows_read, rows_loaded, rows_quarantined, rows_skipped from ops.file_loads "
        "where status = 'loaded' order by file"
    )
    return exports.orders(), exports.quarantine(), statuses(exports), ledger


@pytest.mark.parametrize("is_landed", [True, False])
def test_what_is_good_by_the_mended_mapping_moves_and_the_rest_stays(
    exports: Any, is_landed: bool
) -> None:
    file = exports.deliver_orders(*good(60), BAD, SECOND_BAD)
    exports.load()
    exports.organize(orders=MENDED)
    if not is_landed:
        file.unlink()
    result = released(exports)
    assert (result.rows_before, result.rows_left, result.obstacles) == (2, 1, [])
    assert [row[0] for row in exports.orders()][-1] == "o1"
    assert statuses(exports) == [(62, "released"), (63, "open")]
    assert [row[1:] for row in exports.ledger()] == [
        ("superseded", 62, 60, 2, 0),
        ("loaded", 62, 61, 1, 0),
    ]
    assert released(exports).rows_left == 1
    assert len(exports.ledger()) == 2


def test_a_release_from_text_ends_as_the_file_itself_does(exports: Any) -> None:
    file = exports.deliver_orders(*good(60), BAD, SECOND_BAD)
    exports.load()
    exports.organize(orders=MENDED)
    content = file.read_bytes()
    file.unlink()
    released(exports)
    moved = outcome(exports)
    file.write_bytes(content)
    result = exports.load()
    assert [file.status for file in result.files] == [FileStatus.LOADED]
    assert outcome(exports) == moved
    assert [file.status for file in exports.load().files] == [FileStatus.UNCHANGED]


def test_a_run_after_a_release_from_the_landing_finds_nothing_to_do(exports: Any) -> None:
    exports.deliver_orders(*good(60), BAD)
    exports.load()
    exports.organize(orders=MENDED)
    released(exports)
    assert [file.status for file in exports.load().files] == [FileStatus.UNCHANGED]


def test_rows_that_keep_now_leaves_out_count_as_skipped(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    exports.deliver_orders(*good(60), "Total,,never,,")
    exports.load()
    exports.organize(orders={"keep": "order_id <> 'Total'"})
    (exports.folder / FILE).unlink()
    assert released(exports).rows_left == 0
    assert exports.ledger()[-1][1:] == ("loaded", 61, 60, 0, 1)
    assert statuses(exports) == [(62, "released")]


def test_rows_that_stay_tell_the_reasons_of_today(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    exports.deliver_orders(*good(60), BAD)
    exports.load()
    [(load_id, first)] = exports.rows("select load_id, first_seen from quarantine.rows")
    exports.organize(
        orders={"columns": {"ordered_at": "local_time(ordered_at, '%Y-%m-%d %H:%M:%S')"}}
    )
    (exports.folder / FILE).unlink()
    assert released(exports).rows_left == 1
    [(_, _, reasons)] = exports.quarantine()
    assert "is not understood by local_time" in reasons
    [(same_load, still_first, last)] = exports.rows(
        "select load_id, first_seen, last_seen from quarantine.rows"
    )
    assert (same_load, still_first) == (load_id, first)
    assert last > first


def test_a_released_row_leaves_a_standing_row_of_its_key_alone(exports: Any) -> None:
    later, earlier = BAD, BAD.replace("o1", "o100")
    file = exports.deliver_orders(earlier, *good(60), BAD.replace("o1", "o159"), later, later)
    exports.load(quarantine_limit=1.0)
    exports.organize(orders=MENDED)
    file.unlink()
    assert released(exports).rows_left == 3
    reasons = {
        line: text
        for line, _, text in exports.rows(
            "select line, raw_text, reasons from quarantine.rows where status = 'open'"
        )
    }
    assert reasons == {
        2: f"same key (order_id=o100) as line 3 of {FILE}, which replaces it",
        63: f"same key (order_id=o159) as line 62 of {FILE}, which it would replace: "
        "deliver the file again",
        64: f"same key (order_id=o1) as line 65 of {FILE}, which replaces it",
    }
    assert [row[0] for row in exports.orders()].count("o1") == 1
    assert exports.ledger()[-1][1:] == ("loaded", 64, 61, 3, 0)


def test_parts_of_a_delivery_keep_the_order_of_their_files(exports: Any) -> None:
    exports.organize(orders={"files": "orders/orders_{date}*.csv"})
    first = exports.deliver_orders(*good(30), BAD, part="_a")
    exports.deliver_orders(*good(30, start=200), part="_b")
    exports.load()
    exports.organize(orders={"files": "orders/orders_{date}*.csv", **MENDED})
    first.unlink()
    released(exports)
    standing = exports.rows(
        "select file, rows_loaded from ops.file_loads where status = 'loaded' order by load_id"
    )
    assert [(file[-5:], rows) for file, rows in standing] == [("a.csv", 31), ("b.csv", 30)]
    assert exports.rows(
        "select count(*) as n from raw.orders r join ops.file_loads l "
        "on l.load_id = r._load_id and l.status = 'loaded'"
    ) == [(61,)]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ('"o,1","two\nlines",2024-05-01,"1000.00",paid', "o,1"),
        ("  o1 ,c1,2024-05-01,5,paid", "o1"),
    ],
)
def test_quotes_line_breaks_and_blanks_are_read_as_in_the_file(
    duckdb_exports: Any, record: str, expected: str
) -> None:
    exports = duckdb_exports
    file = exports.deliver_orders(*good(60), record)
    exports.load()
    exports.organize(orders={"columns": {"status": "replace(status, 'paid', 'fulfilled')"}})
    file.unlink()
    assert released(exports).rows_left == 0, exports.quarantine()
    assert exports.orders()[-1][0] == expected


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ({"short_lines": "pad"}, "o1,c1,2024-05-01,paid"),
        ({"escape": "\\"}, '"o1","c\\"1","2024-05-01",1,paid'),
        ({"quote": "'"}, "'o1','c,1','2024-05-01',1,paid"),
        ({"delimiter": "whitespace"}, "o1   c1  2024-05-01 1   paid"),
    ],
)
def test_texts_are_split_as_their_file_was(
    duckdb_exports: Any, read: dict[str, str], text: str
) -> None:
    exports = duckdb_exports
    exports.organize(orders={"read": read})
    delimiter = " " if "delimiter" in read else ","
    lines = ["order_id,customer_id,ordered_at,order_revenue,status", *good(60)]
    body = "\n".join(line.replace(" ", "T").replace(",", delimiter) for line in lines)
    file = exports.deliver("orders/orders_2024-05-01.csv", f"{body}\n{text}\n")
    exports.load()
    mended = {
        "status": "replace(status, 'paid', 'fulfilled')",
        "order_revenue": "coalesce(nullif(order_revenue, 'paid'), '0')",
    }
    exports.organize(orders={"read": read, "columns": mended})
    file.unlink()
    assert released(exports).rows_left == 0, exports.quarantine()
    moved = outcome(exports)
    exports.deliver("orders/orders_2024-05-01.csv", f"{body}\n{text}\n")
    exports.load()
    assert outcome(exports) == moved


def test_json_records_are_released_by_name(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    mapped = {"files": "orders/orders_{date}.json", "read": {"format": "json"}}
    exports.organize(orders=mapped)
    record = '{{"order_id": "{0}", "ordered_at": "{1}", "order_revenue": 12.50}}'
    records = [record.format(f"o{n}", "2024-05-01") for n in range(60)]
    late = '{"ordered_at": "never", "order_revenue": 12.50, "order_id": "late"}'
    file = exports.deliver(
        "orders/orders_2024-05-01.json", "[" + ",\n".join([*records, late]) + "]"
    )
    exports.load()
    exports.organize(orders={**mapped, **MENDED})
    file.unlink()
    assert released(exports).rows_left == 0, exports.quarantine()
    assert exports.orders()[-1][0] == "late"


def test_a_line_number_is_that_of_the_file(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    numbered = {"order_id": "'line ' || _line"}
    exports.organize(orders={"columns": numbered})
    file = exports.deliver_orders(*good(60), BAD)
    exports.load()
    exports.organize(orders={"columns": {**MENDED["columns"], **numbered}})
    file.unlink()
    released(exports)
    assert exports.orders()[-1][0] == "line 62"


def test_what_depends_on_other_lines_is_not_released_without_the_file(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    file = exports.deliver_orders(*good(60), BAD)
    exports.load()
    exports.organize(orders={"columns": {"ordered_at": "fill_down(nullif(ordered_at, 'never'))"}})
    file.unlink()
    result = released(exports)
    assert result.rows_left == 1
    [obstacle] = result.obstacles
    assert FILE in obstacle
    assert "looks at earlier lines" in obstacle


def test_lines_numbered_by_position_are_not_released_without_the_file(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    rows = [f"{n},2024-05-01 10:00:00,p1,1,2.50\n" for n in range(60)]
    header = "order_id,ordered_at,product_id,quantity,unit_price\n"
    file = exports.deliver(
        "order_lines/order_lines_2024-05-01.csv", header + "".join(rows) + "9,never,p1,1,2.50\n"
    )
    exports.load("order_lines")
    exports.organize(order_lines=MENDED)
    file.unlink()
    [obstacle] = released(exports).obstacles
    assert "numbers its lines by position (line_number)" in obstacle


def test_bytes_that_are_no_text_need_the_file(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    body = "\n".join(["order_id,customer_id,ordered_at,order_revenue,status", *good(60)]).encode()
    file = exports.deliver(
        "orders/orders_2024-05-01.csv", body + b"\no1,\xe9,2024-05-01,1,placed\n"
    )
    exports.load()
    exports.organize(orders={"read": {"encoding": "cp1252"}})
    file.unlink()
    result = released(exports)
    assert result.rows_left == 1
    assert "1 of 1 texts hold no whole record" in result.obstacles[0]


def test_an_export_that_nothing_maps_any_more_stays(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    exports.deliver_orders(*good(60), BAD)
    exports.load()
    exports.organize(members={})
    [obstacle] = released(exports).obstacles
    assert obstacle == "No organization file maps orders of shop: its rows stay in quarantine."


def test_only_what_is_selected_is_released(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    for day in ("2024-05-01", "2024-05-02"):
        exports.deliver_orders(*good(60), BAD, day=day)
    exports.load()
    exports.organize(orders=MENDED)
    assert released(exports, organization="other").rows_before == 0
    assert released(exports, file=FILE).rows_left == 0
    assert exports.rows("select file, status from quarantine.rows order by file") == [
        (FILE, "released"),
        (FILE.replace("-01.", "-02."), "open"),
    ]


def test_a_reason_selects_files_of_which_all_rows_are_counted(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    file = exports.deliver_orders(*good(60), BAD, SECOND_BAD)
    exports.load()
    exports.organize(orders={"columns": {"ordered_at": "local_time(ordered_at, '%Y-%m-%d')"}})
    file.unlink()
    result = released(exports, reason="cannot be understood as time")
    assert (result.rows_before, result.rows_left) == (2, 2)


def test_a_copy_that_comes_back_under_another_name_takes_the_place_of_all(exports: Any) -> None:
    mapped = {"files": "orders/orders_{date}*.csv"}
    exports.organize(orders=mapped)
    file = exports.deliver_orders(*good(60), BAD, SECOND_BAD)
    exports.load()
    exports.organize(orders={**mapped, **MENDED})
    file.unlink()
    released(exports)
    exports.deliver_orders(*good(60), BAD, SECOND_BAD, part=" (1)")
    exports.load()
    assert len({row[0] for row in exports.orders()}) == len(exports.orders()) == 61
    [(read, loaded, quarantined)] = exports.rows(
        "select rows_read, rows_loaded, rows_quarantined from ops.file_loads "
        "where status = 'loaded'"
    )
    assert (read, loaded, quarantined) == (62, 61, 1)
    assert [status for _, status in statuses(exports)].count("open") == 1


def test_a_delivery_that_the_mapping_still_refuses_keeps_its_state(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    exports.deliver_orders(*good(60), BAD)
    exports.load()
    before = outcome(exports)
    exports.organize(orders={"columns": {"order_revenue": "'none'"}})
    [obstacle] = released(exports).obstacles
    assert "is refused" in obstacle
    assert outcome(exports) == before


def test_money_is_moved_to_the_cent(duckdb_exports: Any) -> None:
    exports = duckdb_exports
    file = exports.deliver_orders(*good(60), 'o1,c1,2024-05-01,"1.234,56",placed')
    exports.load()
    exports.organize(
        orders={"read": {"decimal": ","}, "columns": {"order_revenue": "money(order_revenue)"}}
    )
    file.unlink()
    released(exports)
    assert exports.orders()[-1][3] == Decimal("1234.56")
