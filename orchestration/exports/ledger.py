"""The ledger of what was loaded, refused and superseded."""

from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa

from orchestration.exports import raw_rows
from orchestration.exports.contracts import Contract
from orchestration.exports.tables import FILE_LOADS
from orchestration.exports.tables import prepare as prepare  # noqa: PLC0414
from orchestration.warehouse import Session

LOADED, SUPERSEDED, REFUSED = "loaded", "superseded", "refused"


@dataclass(frozen=True)
class StandingLoad:
    """The load of a file whose rows stand in the raw table."""

    load_id: int
    sha256: str
    mapping_fingerprint: str


# By organization and file.
StandingLoads: TypeAlias = dict[tuple[str, str], StandingLoad]


def next_load_id(session: Session) -> int:
    """Return a load id above every one so far."""
    newest = session.query("select max(load_id) as load_id from ops.file_loads")["load_id"][
        0
    ].as_py()
    return int(newest or 0) + 1


def standing_loads(session: Session, export: str) -> StandingLoads:
    """Return the standing load of each file, by organization and file."""
    loads = session.query(
        "select organization_id, file, load_id, sha256, mapping_fingerprint from ops.file_loads "
        "where export = $1 and status = $2",
        [export, LOADED],
    )
    return {
        (row["organization_id"], row["file"]): StandingLoad(
            row["load_id"], row["sha256"], row["mapping_fingerprint"]
        )
        for row in loads.to_pylist()
    }


def supersede(session: Session, contract: Contract, replaced: dict[int, int]) -> None:
    """Take back earlier loads (old load id -> new one of the same file), noting lost keys."""
    if not replaced:
        return
    ids = ", ".join(map(str, replaced))
    raw_rows.note_removed_keys(session, contract, replaced)
    raw_rows.remove_loads(session, contract, replaced)
    session.execute(f"update ops.file_loads set status = $1 where load_id in ({ids})", [SUPERSEDED])


def record(session: Session, loads: pa.Table) -> None:
    """Enter loads (as ``FILE_LOADS``) in the ledger, in place of refusals of the same files.

    A refusal that stands there already, word for word, stays as it is: a second run changes
    nothing.
    """
    names = [
        "organization_id",
        "export",
        "file",
        "sha256",
        "mapping_fingerprint",
        "status",
        "message",
    ]
    query = f"select {', '.join(names)} from ops.file_loads where status = $1"
    noted = {tuple(row.values()) for row in session.query(query, [REFUSED]).to_pylist()}
    news = [row for row in loads.to_pylist() if tuple(row[name] for name in names) not in noted]
    refused_before = {names[:3] for names in noted}
    for row in news:
        file = row["organization_id"], row["export"], row["file"]
        if file in refused_before:
            session.execute(
                "delete from ops.file_loads "
                "where organization_id = $1 and export = $2 and file = $3 and status = $4",
                [*file, REFUSED],
            )
    session.ingest("ops", "file_loads", pa.Table.from_pylist(news, FILE_LOADS))
