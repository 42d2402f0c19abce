"""The ledger of every load: what stands, what was replaced, refused or found to be a repetition.

Rows are never deleted: a load id, once given, is never given again, and whoever remembers the
newest id that it has seen misses nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import pyarrow as pa

from orchestration.exports.contracts import Contract
from orchestration.exports.sql import literal
from orchestration.exports.tables import raw_rows
from orchestration.exports.tables.preparing import FILE_LOADS
from orchestration.exports.tables.raw_rows import Carried
from orchestration.warehouse import Session

LOADED, DUPLICATE, REFUSED = "loaded", "duplicate", "refused"
# A load whose rows another one replaced; a refusal or repetition of which that is true no longer.
SUPERSEDED, CLEARED = "superseded", "cleared"


@dataclass(frozen=True)
class Entry:
    """What stands of a file: its rows, or that it repeats another file's content."""

    load_id: int
    export_date: date
    sha256: str
    content_sha256: str
    bytes: int
    version: str | None
    mapping_fingerprint: str
    status: str
    duplicate_of: str | None


# By organization and file.
Entries: TypeAlias = dict[tuple[str, str], Entry]


def next_load_id(session: Session) -> int:
    """Return a load id above every one so far."""
    newest = session.query("select max(load_id) as load_id from ops.file_loads")["load_id"][
        0
    ].as_py()
    return int(newest or 0) + 1


def standing_entries(session: Session, export: str) -> Entries:
    """Return what stands of each file of an export."""
    rows = session.query(
        "select organization_id, file, load_id, export_date, sha256, "
        "coalesce(content_sha256, sha256) as content_sha256, bytes, version, mapping_fingerprint, "
        "status, duplicate_of from ops.file_loads where export = $1 and status in ($2, $3)",
        [export, LOADED, DUPLICATE],
    )
    return {(row.pop("organization_id"), row.pop("file")): Entry(**row) for row in rows.to_pylist()}


def supersede(session: Session, contract: Contract, replaced: dict[int, int]) -> None:
    """Take back earlier loads (old load id -> the one in its place), noting lost keys."""
    if not replaced:
        return
    raw_rows.note_removed_keys(session, contract, replaced)
    raw_rows.remove_loads(session, contract, replaced)
    _set_status(session, replaced, SUPERSEDED)


def carry(session: Session, carried: Sequence[Carried]) -> None:
    """Enter loads whose rows were taken over from standing loads."""
    if not carried:
        return
    own = {"load_id": "c.load_id", "status": f"'{LOADED}'", "message": "null"}
    of_the_file = (
        "organization_id",
        "export",
        "export_date",
        "file",
        "sha256",
        "content_sha256",
        "version",
    )
    own |= {name: f"e.{name}" for name in (*of_the_file, "bytes")} | {"duplicate_of": "null"}
    values = ", ".join(own.get(name, f"s.{name}") for name in FILE_LOADS.names)
    pairs = ", ".join(f"({c.entry_id}, {c.source_id}, {c.load_id})" for c in carried)
    session.execute(
        f"insert into ops.file_loads ({', '.join(FILE_LOADS.names)}) select {values} "
        f"from (values {pairs}) as c (entry_id, source_id, load_id) "
        "join ops.file_loads e on e.load_id = c.entry_id "
        "join ops.file_loads s on s.load_id = c.source_id"
    )


def record(session: Session, export: str, rows: list[dict[str, Any]]) -> None:
    """Enter loads (columns of ``FILE_LOADS``).

    A refusal that is noted there already, word for word, stays: a second run changes nothing.
    """
    names = ("organization_id", "file", "sha256", "mapping_fingerprint", "message")
    noted = {tuple(row[name] for name in names) for row in _refusals(session, export)}
    news = [
        row
        for row in rows
        if row["status"] != REFUSED or tuple(row[name] for name in names) not in noted
    ]
    clear_refusals(session, export, [(row["organization_id"], row["file"]) for row in news])
    session.ingest("ops", "file_loads", pa.Table.from_pylist(news, FILE_LOADS))


def clear_refusals(session: Session, export: str, files: Iterable[tuple[str, str]]) -> None:
    """Let refusals of these files (organization, file) be history."""
    wanted = set(files)
    refusals = _refusals(session, export) if wanted else []
    clear(
        session,
        (r["load_id"] for r in refusals if (r["organization_id"], r["file"]) in wanted),
    )


def note_versions(session: Session, versions: Mapping[int, str]) -> None:
    """Note, by load id, the storage's marks of files that were found to hold what they did."""
    if versions:
        pairs = ", ".join(f"({load_id}, {literal(mark)})" for load_id, mark in versions.items())
        session.execute(
            f"update ops.file_loads as l set version = v.version from (values {pairs}) "
            "as v (load_id, version) where l.load_id = v.load_id"
        )


def clear(session: Session, load_ids: Iterable[int]) -> None:
    """Let refusals and repetitions be history."""
    _set_status(session, load_ids, CLEARED)


def _refusals(session: Session, export: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = session.query(
        "select load_id, organization_id, file, sha256, mapping_fingerprint, message "
        "from ops.file_loads where export = $1 and status = $2",
        [export, REFUSED],
    ).to_pylist()
    return rows


def _set_status(session: Session, load_ids: Iterable[int], status: str) -> None:
    if ids := ", ".join(str(int(load_id)) for load_id in load_ids):
        session.execute(f"update ops.file_loads set status = $1 where load_id in ({ids})", [status])
