"""How quarantined rows live on when their file is loaded again."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from orchestration.exports.tables.preparing import prepare
from tests.orchestration.exports.quarantine.conftest import BAD, good

FIRST_VERSION = pa.schema(
    [
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("export_date", pa.date32()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("raw_text", pa.string()),
        ("reasons", pa.string()),
        ("load_id", pa.int64()),
        ("loaded_at", pa.timestamp("us", "UTC")),
    ]
)


def seen(exports: Any) -> list[tuple[Any, ...]]:
    return exports.rows(
        "select raw_text, status, first_seen, last_seen from quarantine.rows order by file, line"
    )


def test_a_row_knows_its_lines_and_when_it_was_seen(exports: Any) -> None:
    exports.deliver_orders(*good(40), '"x\ny",c1,never,1,placed')
    exports.load()
    [(line, last_line, status, first, last)] = exports.rows(
        "select line, last_line, status, first_seen, last_seen from quarantine.rows"
    )
    assert (line, last_line, status) == (42, 43, "open")
    assert first == last


def test_a_row_that_a_corrected_file_still_holds_keeps_the_time_it_was_first_seen(
    exports: Any,
) -> None:
    exports.deliver_orders(*good(40), BAD)
    exports.load()
    [(_, _, first, _)] = seen(exports)
    exports.deliver_orders(*good(50), BAD, BAD.replace("never", "later"))
    exports.load()
    again, new = seen(exports)
    assert again[2] == first < again[3]
    assert new[2] == new[3] == again[3]


def test_a_row_that_a_corrected_file_no_longer_holds_is_forgotten(exports: Any) -> None:
    exports.deliver_orders(*good(40), BAD)
    exports.load()
    exports.deliver_orders(*good(40))
    exports.load()
    assert seen(exports) == []


def test_a_row_that_a_mended_mapping_loads_is_remembered_as_released(exports: Any) -> None:
    exports.deliver_orders(*good(40), BAD, BAD.replace("never", "later"))
    exports.load()
    before = seen(exports)
    mended = {"ordered_at": "case when ordered_at = 'never' then '2024-05-01' else ordered_at end"}
    exports.organize(orders={"columns": mended})
    exports.load()
    assert [row[1] for row in seen(exports)] == ["released", "open"]
    assert [row[2] for row in seen(exports)] == [row[2] for row in before]
    exports.organize(orders={})
    exports.load()
    assert [row[1] for row in seen(exports)] == ["open", "open"]
    assert [row[2] for row in seen(exports)] == [row[2] for row in before]


def test_a_released_row_goes_when_its_file_is_replaced(exports: Any) -> None:
    exports.deliver_orders(*good(40), BAD)
    exports.load()
    exports.organize(orders={"keep": "ordered_at <> 'never'"})
    exports.load()
    assert [row[1] for row in seen(exports)] == ["released"]
    exports.deliver_orders(*good(41))
    exports.load()
    assert seen(exports) == []


def test_a_table_of_the_first_version_is_brought_up_to_date(exports: Any) -> None:
    loaded_at = datetime(2024, 5, 2, tzinfo=UTC)
    row = {
        **dict.fromkeys(FIRST_VERSION.names),
        "line": 7,
        "raw_text": 'a,"b\nc"',
        "loaded_at": loaded_at,
    }
    with exports.warehouse.session() as session:
        session.execute("drop table quarantine.rows")
        session.create_table("quarantine", "rows", FIRST_VERSION)
        session.ingest("quarantine", "rows", pa.Table.from_pylist([row], FIRST_VERSION))
    prepare(exports.warehouse)
    prepare(exports.warehouse)
    assert exports.rows(
        "select line, last_line, status, first_seen, last_seen from quarantine.rows"
    ) == [(7, 8, "open", loaded_at, loaded_at)]
