"""The table of quarantined rows, and how a load's rows take the place of an earlier load's.

The rows with status ``open`` follow from the landed files and the mappings alone. Those with status
``released`` are a memory: their file still holds the same bytes, but a mended mapping has since
loaded them, or leaves them out by its ``keep``. They go when their file is replaced by other bytes.
"""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from orchestration.exports.sql import literal
from orchestration.exports.tables.raw_rows import Carried
from orchestration.warehouse import Session

OPEN, RELEASED = "open", "released"

QUARANTINE_ROWS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("export_date", pa.date32()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("last_line", pa.int64()),
        ("raw_text", pa.string()),
        ("reasons", pa.string()),
        ("status", pa.string()),
        ("load_id", pa.int64()),
        ("first_seen", pa.timestamp("us", "UTC")),
        ("last_seen", pa.timestamp("us", "UTC")),
    ]
)

# The only time that rows of the first version have.
_LOADED_AT = "loaded_at"


def complete_history(session: Session) -> None:
    """Fill the columns that were just added to a table of the first version."""
    line_breaks = "length(raw_text) - length(replace(raw_text, chr(10), ''))"
    session.execute(
        f"update quarantine.rows set last_line = line + {line_breaks}, status = $1, "
        f"first_seen = {_LOADED_AT}, last_seen = {_LOADED_AT} where status is null",
        [OPEN],
    )


def carry(session: Session, carried: Sequence[Carried]) -> None:
    """Copy the rows of standing loads to the loads that take their place."""
    if not carried:
        return
    own = {"load_id": "c.load_id", "file": "c.file"}
    values = ", ".join(own.get(name, f"q.{name}") for name in QUARANTINE_ROWS.names)
    loads = ", ".join(f"({c.source_id}, {c.load_id}, {literal(c.file)})" for c in carried)
    session.execute(
        f"insert into quarantine.rows ({', '.join(QUARANTINE_ROWS.names)}) select {values} "
        f"from quarantine.rows q join (values {loads}) as c (source_id, load_id, file) "
        "on q.load_id = c.source_id"
    )


def settle(
    session: Session,
    rows: pa.RecordBatchReader | None,
    replaced: Mapping[int, int],
    same_content: Collection[int],
) -> None:
    """Enter what loads set aside, in place of what the loads before them had.

    A row that its file held before, with the same text, keeps the time at which it was first seen.

    Parameters
    ----------
    rows : as ``QUARANTINE_ROWS``; None where there are none
    replaced : id of an earlier load -> id of the load of the same file that takes its place
    same_content : those of the earlier loads whose file had the same bytes
    """
    if rows:
        session.ingest("quarantine", "rows", rows)
    if not replaced:
        return
    pairs = ", ".join(
        f"({int(old)}, {int(new)}, {old in same_content})" for old, new in replaced.items()
    )
    before = f"(values {pairs}) as p (old_load_id, new_load_id, has_same_content)"
    old_ids = ", ".join(str(int(old)) for old in replaced)
    session.execute(
        "update quarantine.rows as q set first_seen = seen.first_seen from ("
        "select p.new_load_id, b.raw_text, min(b.first_seen) as first_seen "
        f"from quarantine.rows b join {before} on b.load_id = p.old_load_id "
        f"where b.load_id in ({old_ids}) group by p.new_load_id, b.raw_text) seen "
        "where q.load_id = seen.new_load_id and q.raw_text = seen.raw_text"
    )
    session.execute(
        f"update quarantine.rows as q set status = $1, load_id = p.new_load_id from {before} "
        "where q.load_id = p.old_load_id and p.has_same_content and not exists ("
        "select 1 from quarantine.rows n where n.load_id = p.new_load_id and n.line = q.line)",
        [RELEASED],
    )
    session.execute(f"delete from quarantine.rows where load_id in ({old_ids})")
