"""The same rows come out of a file, whoever reads it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.loading.file_load import FileLoad
from orchestration.exports.loading.streaming import Reader
from orchestration.exports.organizations import Organization

HEADER = "order_id,customer_id,ordered_at,order_revenue,status\n"
ROWS = "".join(f"o{n},c{n},2024-05-01 10:00:00,{n}.50,placed\n" for n in range(20))

Read = Callable[..., tuple[list[dict[str, Any]], FileLoad]]


@pytest.fixture
def read(fetched: Any, tmp_path: Path) -> Read:
    def read_file(
        text: str, read: dict[str, Any] | None = None, **mapping: Any
    ) -> tuple[list[dict[str, Any]], FileLoad]:
        local, _ = fetched(text, **(read or {}))
        organization = Organization.model_validate(
            {
                "organization_id": "shop",
                "name": "Shop",
                "time_zone": "Europe/London",
                "currency": "GBP",
                "exports": {"orders": {"read": read or {}, **mapping}},
            }
        )
        load = FileLoad(local, load_id=1, max_kept=100)
        with Reader(organization, load_contracts()["orders"], [load], tmp_path) as reader:
            batches = list(reader.batches(datetime(2024, 5, 2, tzinfo=UTC)))
        return [row for batch in batches for row in batch.to_pylist()], load

    return read_file


def values(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in HEADER.strip().split(",")) for row in rows]


def test_every_route_reads_the_same_rows(read: Read) -> None:
    plain, _ = read(HEADER + ROWS)
    quoted, _ = read(HEADER + ROWS.replace(",c7,", ',"c7\n",'))
    ragged, _ = read(HEADER + ROWS + "\n,,,,,,\n", keep="order_id is not null")
    old_mac, _ = read((HEADER + ROWS).replace("\n", "\r"))
    lines = "".join(
        f'{{"order_id": "o{n}", "customer_id": "c{n}", "ordered_at": "2024-05-01 10:00:00", '
        f'"order_revenue": {n}.50, "status": "placed"}}\n'
        for n in range(20)
    )
    json_lines, _ = read(lines, {"format": "json"})
    document, _ = read("[" + lines.strip().replace("\n", ",") + "]", {"format": "json"})
    assert len(plain) == 20
    for rows in (quoted, ragged, old_mac, json_lines, document):
        assert values(rows) == values(plain)
    assert [row["_line"] for row in plain] == list(range(2, 22))
    assert [row["_line"] for row in quoted] == [*range(2, 10), *range(11, 23)]
    assert [row["_line"] for row in json_lines] == list(range(1, 21))


def test_counts_are_kept_whoever_reads(read: Read) -> None:
    bad = "bad,c,never,1,placed\n"
    for text in (
        HEADER + ROWS + bad,
        HEADER + ROWS + bad.replace(",c,", ',"c\n",'),
        HEADER + ROWS + bad + "\n",
        HEADER + ROWS + "\n" + bad + "one,two\n",
    ):
        _, load = read(text, keep="order_id <> 'o3'")
        extra = text.count("one,two")
        assert (load.rows_good, load.rows_quarantined, load.rows_skipped) == (19, 1 + extra, 1)
        assert load.problem == ""


def test_optional_columns_may_be_absent_from_json_records(read: Read) -> None:
    record = '{"id": 17850.0, "day": "2024-05-01", "total": 1.5}\n'
    columns = {
        "order_id": "whole_number(id)",
        "customer_id": '"buyer.id"',
        "ordered_at": "day",
        "order_revenue": "total",
    }
    rows, load = read(record, {"format": "ndjson"}, columns=columns)
    [row] = rows
    assert (row["order_id"], row["customer_id"]) == ("17850", None)
    _, load = read(record, {"format": "ndjson"}, columns={**columns, "ordered_at": '"when"'})
    assert 'has no column when, which ordered_at: "when" needs' in load.problem


def test_a_record_without_end_refuses_the_file(read: Read) -> None:
    _, load = read(HEADER + "x\n" + '"1\n",' * 3_600_000)
    assert "a record from line 3 on of more than 16,777,216 characters" in load.problem


def test_an_id_that_a_spreadsheet_rounded_is_quarantined(read: Read) -> None:
    rows, load = read(HEADER + ROWS + "1.23E+11,c1,2024-05-01,1,placed\n")
    assert len(rows) == 20
    assert load.examples() == [
        "line 22: order_id: \"order_id\" = '1.23E+11' cannot be understood as id: "
        "a spreadsheet has rounded it and its digits are gone, export it as text"
    ]
