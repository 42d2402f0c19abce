"""Files of every shape on their way in: empty, packed, in other encodings, with odd headers."""

import gzip
from typing import Any

import pytest

from tests.orchestration.exports.loading.conftest import GOOD, many


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a,b\n1,2\n", "has no column order_id, which is required; it has a, b"),
        ("", ""),
        ("order_id,ordered_at,order_revenue\n", ""),
    ],
)
def test_files_without_rows_load_and_wrong_files_are_refused(
    duckdb_exports: Any, content: str, complaint: str
) -> None:
    duckdb_exports.deliver("orders/orders_2024-05-01.csv", content)
    result = duckdb_exports.load()
    assert complaint in "".join(result.refusals)
    assert bool(result.refusals) == bool(complaint)


def test_a_snapshot_without_rows_is_refused(duckdb_exports: Any) -> None:
    duckdb_exports.deliver("accounts/accounts_2024-05-01.csv", "customer_id,customer_name\n")
    assert "everyone has left" in duckdb_exports.load("accounts").refusals[0]


@pytest.mark.parametrize(
    ("column", "complaint"),
    [
        ('"Missing"', 'has no column Missing, which order_id: "Missing" needs; it has order_id'),
        ("(select 1)", "must not hold a query of its own"),
        ("order_id + date '2024-01-01'", "is not valid SQL"),
    ],
)
def test_a_mapping_that_does_not_fit_refuses_the_file(
    duckdb_exports: Any, column: str, complaint: str
) -> None:
    duckdb_exports.organize(orders={"columns": {"order_id": column}})
    duckdb_exports.deliver_orders(GOOD)
    assert complaint in duckdb_exports.load().refusals[0]


def test_compressed_files_load(duckdb_exports: Any) -> None:
    text = f"order_id,customer_id,ordered_at,order_revenue,status\n{GOOD}\n"
    duckdb_exports.deliver("orders/orders_2024-05-01.csv.gz", gzip.compress(text.encode()))
    duckdb_exports.load()
    assert len(duckdb_exports.orders()) == 1


def test_a_damaged_archive_is_refused(duckdb_exports: Any) -> None:
    packed = gzip.compress(b"order_id,ordered_at,order_revenue\n" * 100)
    duckdb_exports.deliver("orders/orders_2024-05-01.csv.gz", packed[:-20])
    assert "cannot be decompressed" in duckdb_exports.load().refusals[0]
    assert [row[1] for row in duckdb_exports.ledger()] == ["refused"]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_other_encodings_load(duckdb_exports: Any, encoding: str) -> None:
    read = {"encoding": encoding if encoding != "utf-8-sig" else "utf-8", "delimiter": ";"}
    duckdb_exports.organize(orders={"read": read})
    text = "order_id;customer_id;ordered_at;order_revenue\r\no1;Zoë;2024-05-01;1\r\n"
    duckdb_exports.deliver("orders/orders_2024-05-01.csv", text.encode(encoding))
    duckdb_exports.load()
    assert [row[:2] for row in duckdb_exports.orders()] == [("o1", "Zoë")]


def test_a_line_in_a_wrong_encoding_is_quarantined_alone(exports: Any) -> None:
    rows = "\n".join(many(60))
    content = f"order_id,customer_id,ordered_at,order_revenue,status\n{rows}\n".encode()
    exports.deliver(
        "orders/orders_2024-05-01.csv", content + b"o1,Zo\xeb,2024-05-01,1,placed\nnul\0,,,,\n"
    )
    exports.load()
    assert len(exports.orders()) == 60
    [(line, text, reason), (_, nul, _)] = exports.quarantine()
    assert (line, text) == (62, "o1,Zo\\xeb,2024-05-01,1,placed")
    assert "correct read.encoding" in reason
    assert nul == "nul\\0,,,,"


def test_preamble_duplicate_headers_and_odd_nulls_are_read(duckdb_exports: Any) -> None:
    duckdb_exports.organize(
        orders={
            "read": {"skip_preamble": 2, "delimiter": "\t", "nulls": ["-", "N/A"]},
            "columns": {"order_id": '"Name"', "customer_id": '"Name_2"', "ordered_at": '"When"'},
        }
    )
    header = "Orders\n\nName\tname\tWhen\torder_revenue\n"
    text = header + "o1\tN/A\t2024-05-01\t1\no2\t c1\u00a0\t2024-05-01\t2\n"
    duckdb_exports.deliver("orders/orders_2024-05-01.csv", text)
    duckdb_exports.load()
    assert [(row[:2], row[7]) for row in duckdb_exports.orders()] == [
        (("o1", None), 4),
        (("o2", "c1"), 5),
    ]


def test_columns_are_filled_down_within_their_file(duckdb_exports: Any) -> None:
    duckdb_exports.organize(
        orders={"columns": {"order_id": "_line", "customer_id": "fill_down(customer_id)"}}
    )
    for day in ("2024-05-01", "2024-05-02"):
        first = ["o,,2024-05-01,1,", f"o,c{day[-1]},2024-05-01,1,", "o,,2024-05-01,1,"]
        duckdb_exports.deliver_orders(*first, day=day)
    duckdb_exports.load()
    assert [row[:2] for row in duckdb_exports.orders()] == [
        ("2", None), ("3", "c1"), ("4", "c1"), ("2", None), ("3", "c2"), ("4", "c2"),
    ]  # fmt: skip


def test_files_separated_by_blanks_quote_the_line_as_delivered(duckdb_exports: Any) -> None:
    duckdb_exports.organize(orders={"read": {"delimiter": "whitespace"}})
    rows = "".join(f" {n}  20240501T10:00:00   1.00 \r\n" for n in range(1, 31)).replace(
        "20240501T", "2024-05-01T"
    )
    duckdb_exports.deliver(
        "orders/orders_2024-05-01.csv", f" order_id  ordered_at order_revenue\r\n{rows}  x   y \r\n"
    )
    duckdb_exports.load()
    assert len(duckdb_exports.orders()) == 30
    assert duckdb_exports.quarantine() == [
        (32, "  x   y ", "the line has 2 values where the header has 3 columns")
    ]


@pytest.mark.parametrize(
    "content", ["Größe,order_id\n1,2\n".encode("cp1252"), "order_id\n1\n".encode("utf-16")]
)
def test_a_header_in_a_wrong_encoding_refuses_the_file(duckdb_exports: Any, content: bytes) -> None:
    duckdb_exports.deliver("orders/orders_2024-05-01.csv", content)
    assert "correct read.encoding" in duckdb_exports.load().refusals[0]
