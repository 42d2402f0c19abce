"""The tables that exports load into come to be, and grow with what they must hold."""

from typing import Any

from orchestration.exports.loading.results import FileStatus
from orchestration.exports.tables.preparing import prepare

ORDER = "o1,c1,2024-05-01 10:00:00,1.00,placed"
COLUMNS = (
    "select table_schema, table_name, column_name from information_schema.columns "
    "where table_schema in ('raw', 'ops', 'quarantine') order by 1, 2, 3"
)


def test_a_warehouse_of_an_earlier_version_gets_the_columns_and_tables_that_it_lacks(
    exports: Any,
) -> None:
    complete = exports.rows(COLUMNS)
    exports.deliver_orders(ORDER)
    exports.load()
    with exports.warehouse.session() as session:
        session.execute("alter table raw.orders drop column gross_margin")
        for column in ("content_sha256", "columns", "duplicate_of"):
            session.execute(f"alter table ops.file_loads drop column {column}")
        session.execute("drop table ops.removed_orders")
    prepare(exports.warehouse)
    assert exports.rows(COLUMNS) == complete
    assert [one.status for one in exports.load().files] == [FileStatus.UNCHANGED]
    exports.deliver_orders(ORDER.replace("1.00", "2.00"))
    exports.load()
    assert len(exports.orders()) == 1


def test_preparing_a_complete_warehouse_waits_for_no_ingestion(postgres: Any) -> None:
    prepare(postgres)
    with postgres.session() as session:
        session.lock("ingest")
        prepare(postgres)
