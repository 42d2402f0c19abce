"""The tables of enrichment that exist before dbt runs: what was asked, what came, what it cost."""

from collections.abc import Mapping

import pyarrow as pa

from orchestration.warehouse import Warehouse

_TIME = pa.timestamp("us", "UTC")

ANSWERS = pa.schema(
    [
        ("answer_id", pa.string()),
        ("call_key", pa.string()),
        ("organization_id", pa.string()),
        ("provider", pa.string()),
        ("endpoint", pa.string()),
        ("request_hash", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("received_at", _TIME),
        ("known_from", pa.date32()),
        ("status", pa.int64()),
        ("outcome", pa.string()),
        ("credits", pa.int64()),
        ("likelihood", pa.int64()),
        ("body", pa.string()),
    ]
)
"""``known_from`` is the organization's newest loaded export date when the answer came: tables as of
that day and later days may know it."""

CALLS = pa.schema(
    [
        ("call_key", pa.string()),
        ("organization_id", pa.string()),
        ("provider", pa.string()),
        ("endpoint", pa.string()),
        ("requests", pa.int64()),
        ("price", pa.int64()),
        ("credits", pa.int64()),
        ("asked_at", _TIME),
        ("settled_at", _TIME),
    ]
)
"""Every call to a provider; one without ``credits`` is in flight, or its process has died."""

ASKS = pa.schema(
    [
        ("call_key", pa.string()),
        ("organization_id", pa.string()),
        ("provider", pa.string()),
        ("endpoint", pa.string()),
        ("request_hash", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
    ]
)
"""The requests of calls that are not settled."""

ANSWERED, MADE_UP = "enrichment_answers", "enrichment_demo_answers"

TABLES: Mapping[tuple[str, str], pa.Schema] = {
    ("raw", ANSWERED): ANSWERS,
    # Answers that were made up to show what enrichment does never stand among real ones.
    ("raw", MADE_UP): ANSWERS,
    ("ops", "enrichment_calls"): CALLS,
    ("ops", "enrichment_asks"): ASKS,
}


def prepare(warehouse: Warehouse) -> None:
    """Create the tables that are missing."""
    with warehouse.session() as session:
        present = session.tables()
        missing = {table: columns for table, columns in TABLES.items() if table not in present}
        if missing:
            session.lock("enrichment tables")
        for (schema, table), columns in missing.items():
            session.create_schema(schema)
            session.create_table(schema, table, columns)


def forget(warehouse: Warehouse, table: str) -> int:
    """Delete all answers in a table; return how many there were."""
    with warehouse.session() as session:
        count = session.query(f"select count(*) as answers from raw.{table}")["answers"][0].as_py()
        if count:
            session.execute(f"delete from raw.{table}")
    return int(count)
