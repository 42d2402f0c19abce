"""The tables that exports load into: what they are made of, and how they come to be."""

from collections.abc import Iterator

import pyarrow as pa

from orchestration.exports.contracts import Contract, load_contracts
from orchestration.exports.tables.organizations import (
    EXPERIMENT_DESIGNS,
    IDENTITY_RULINGS,
    ORGANIZATION_EXPORTS,
    ORGANIZATIONS,
)
from orchestration.exports.tables.quarantine import QUARANTINE_ROWS, complete_history
from orchestration.warehouse import Session, Warehouse, ddl

FILE_LOADS = pa.schema(
    [
        ("load_id", pa.int64()),
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("export_date", pa.date32()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("content_sha256", pa.string()),
        ("bytes", pa.int64()),
        ("version", pa.string()),
        ("columns", pa.string()),
        ("column_kinds", pa.string()),
        ("rows_read", pa.int64()),
        ("rows_loaded", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("rows_skipped", pa.int64()),
        ("status", pa.string()),
        ("message", pa.string()),
        ("duplicate_of", pa.string()),
        ("mapping_fingerprint", pa.string()),
        ("loaded_at", pa.timestamp("us", "UTC")),
    ]
)


def prepare(warehouse: Warehouse) -> None:
    """Create what is missing of the tables that exports load into, down to single columns.

    Looking is one query; where nothing is missing, nothing is locked or written.
    """
    tables = dict(_tables())
    with warehouse.session() as session:
        if not _missing(session, tables):
            return
    with warehouse.session() as session:
        session.lock("ingest")
        for schema in ("raw", "quarantine", "ops"):
            session.create_schema(schema)
        for (schema, table), columns in _missing(session, tables).items():
            if columns == tables[schema, table].names:
                session.create_table(schema, table, tables[schema, table])
                if "_load_id" in columns:
                    session.create_index(schema, table, ["_load_id", "_export_date"])
            else:
                _add_columns(session, schema, table, tables[schema, table], columns)
                if (schema, table) == ("quarantine", "rows"):
                    complete_history(session)


def _tables() -> Iterator[tuple[tuple[str, str], pa.Schema]]:
    yield ("ops", "file_loads"), FILE_LOADS
    yield ("quarantine", "rows"), QUARANTINE_ROWS
    yield ("raw", "organizations"), ORGANIZATIONS
    yield ("raw", "organization_exports"), ORGANIZATION_EXPORTS
    yield ("raw", "identity_rulings"), IDENTITY_RULINGS
    yield ("raw", "experiment_designs"), EXPERIMENT_DESIGNS
    for contract in load_contracts().values():
        yield ("raw", contract.export), contract.arrow_schema()
        yield ("ops", f"removed_{contract.export}"), _removed_schema(contract)


def _removed_schema(contract: Contract) -> pa.Schema:
    """Describe the keys that a replaced load took along: incremental models miss them."""
    key = [(name, contract.columns[name].type.arrow) for name in contract.key]
    return pa.schema([("organization_id", pa.string()), *key, ("removed_by_load_id", pa.int64())])


def _missing(
    session: Session, tables: dict[tuple[str, str], pa.Schema]
) -> dict[tuple[str, str], list[str]]:
    """Return the names of the columns that tables lack: all of them where there is no table."""
    found = session.query(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('raw', 'quarantine', 'ops')"
    )
    present = set(zip(*(column.to_pylist() for column in found.columns), strict=True))
    missing = {
        (schema, table): [name for name in columns.names if (schema, table, name) not in present]
        for (schema, table), columns in tables.items()
    }
    return {table: names for table, names in missing.items() if names}


def _add_columns(
    session: Session, schema: str, table: str, columns: pa.Schema, names: list[str]
) -> None:
    for name in names:
        session.execute(
            f"alter table {ddl.quoted(schema, table)} "
            f"add column {ddl.quoted(name)} {ddl.column_type(columns.field(name).type)}"
        )
