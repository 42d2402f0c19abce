"""Move rows from quarantine to the raw table when all that is left of their file is their text.

The mapping's fingerprint in the ledger stays that of the load that read the file, because the
file's other rows are not read again: should it come back, it is loaded anew, whole, by today's
mapping, in place of all this.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.exports.contracts import Contract
from orchestration.exports.mapping.canonical import Verdict
from orchestration.exports.organizations import Organization
from orchestration.exports.quarantine.reissuing import Leaving, reissue
from orchestration.exports.quarantine.repeats import take_back_repeats
from orchestration.exports.quarantine.reread import CannotStandAlone, reread
from orchestration.exports.tables.ledger import LOADED
from orchestration.exports.tables.quarantine import OPEN, QUARANTINE_ROWS, RELEASED
from orchestration.warehouse import Session

# Ledger rows by load id.
_Loads: TypeAlias = dict[int, dict[str, Any]]

_LEAVES = pa.array([Verdict.GOOD, Verdict.SKIPPED], pa.int8())


def move(  # noqa: PLR0917 - each is a thing of its own
    session: Session,
    organization: Organization,
    contract: Contract,
    load_ids: Iterable[int],
    moved_at: datetime,
    spill: Path,
) -> list[str]:
    """Release what today's mapping makes of the rows that these loads quarantined.

    Good rows go to the raw table, those that ``keep`` leaves out count as skipped, and the others
    stay with the reasons of today.

    Returns
    -------
    One sentence for each obstacle.
    """
    session.lock("ingest")
    loads = _standing(session, load_ids)
    judged, obstacles = _judge(session, organization, contract, loads, spill)
    if judged is None:
        return obstacles
    good = judged.filter(pc.equal(judged["verdict"], pa.scalar(Verdict.GOOD, pa.int8())))
    if good.num_rows:
        session.ingest("raw", contract.export, _raw_rows(contract, good, loads, moved_at))
        judged = _without_repeats(session, contract, judged)
    _rewrite(session, loads, judged, moved_at)
    reissue(session, contract, _leaving(judged), moved_at)
    return obstacles


def _standing(session: Session, load_ids: Iterable[int]) -> _Loads:
    query = f"select * from ops.file_loads where status = $1 and load_id in ({_ids(load_ids)})"
    return {row["load_id"]: row for row in session.query(query, [LOADED]).to_pylist()}


def _open_rows(session: Session, load_ids: Iterable[int]) -> pa.Table:
    query = f"select * from quarantine.rows where status = $1 and load_id in ({_ids(load_ids)})"
    return session.query(query, [OPEN]).select(QUARANTINE_ROWS.names).cast(QUARANTINE_ROWS)


def _judge(
    session: Session, organization: Organization, contract: Contract, loads: _Loads, spill: Path
) -> tuple[pa.Table | None, list[str]]:
    """Read the rows of these loads again, those of files with the same columns at once."""
    by_columns: dict[str | None, list[int]] = {}
    for load_id, load in loads.items():
        by_columns.setdefault(load["columns"], []).append(load_id)
    judged, obstacles = [], []
    for columns, own in by_columns.items():
        files = ", ".join(loads[load_id]["file"] for load_id in own)
        rows = _open_rows(session, own)
        try:
            if columns is None:
                raise CannotStandAlone("was loaded before the names of its columns were noted")
            read = reread(organization, contract, tuple(json.loads(columns)), rows, spill)
        except CannotStandAlone as reason:
            obstacles.append(f"{files} {reason}: without the file no row of it can be released.")
            continue
        judged.append(read.judged)
        if read.rows_unreadable:
            obstacles.append(
                f"{files}: {read.rows_unreadable} of {rows.num_rows} texts hold no whole record: "
                "deliver the file again."
            )
    return (pa.concat_tables(judged) if judged else None), obstacles


def _raw_rows(contract: Contract, good: pa.Table, loads: _Loads, moved_at: datetime) -> pa.Table:
    load_of_row = pc.index_in(good["load_id"], pa.array(list(loads), pa.int64()))

    def of_its_load(name: str) -> pa.Array:
        return pa.array([load[name] for load in loads.values()]).take(load_of_row)

    columns = {name: good[name] for name in contract.columns} | {
        "organization_id": of_its_load("organization_id"),
        "_export_date": of_its_load("export_date"),
        "_file": of_its_load("file"),
        "_line": good["line"],
        "_load_id": good["load_id"],
        "_loaded_at": pa.repeat(pa.scalar(moved_at, pa.timestamp("us", "UTC")), good.num_rows),
    }
    schema = contract.arrow_schema()
    return pa.table([columns[name] for name in schema.names], names=schema.names).cast(schema)


def _without_repeats(session: Session, contract: Contract, judged: pa.Table) -> pa.Table:
    """Take back moved rows whose key stands already, or again in a later one of them."""
    reasons = take_back_repeats(session, contract, set(judged["load_id"].to_pylist()))
    places = zip(judged["load_id"].to_pylist(), judged["line"].to_pylist(), strict=True)
    repeated = pa.array([reasons.get(place) for place in places], pa.string())
    quarantined = pa.scalar(Verdict.QUARANTINED, pa.int8())
    return pa.table(
        {
            "load_id": judged["load_id"],
            "line": judged["line"],
            "verdict": pc.if_else(repeated.is_valid(), quarantined, judged["verdict"]),
            "reasons": pc.coalesce(repeated, judged["reasons"]),
        }
    )


def _rewrite(
    session: Session, load_ids: Iterable[int], judged: pa.Table, moved_at: datetime
) -> None:
    """Let the quarantine tell which rows leave, and why the others stay."""
    decisions = pa.table(
        {name: judged[name] for name in ("load_id", "line", "verdict")}
        | {"reasons_now": judged["reasons"]}
    )
    rows = _open_rows(session, load_ids).join(decisions, keys=["load_id", "line"])
    leaves = pc.is_in(rows["verdict"], _LEAVES)
    was_seen = pc.and_(rows["verdict"].is_valid(), pc.invert(leaves))
    now = pa.scalar(moved_at, pa.timestamp("us", "UTC"))
    changed = {
        "status": pc.if_else(leaves, RELEASED, OPEN),
        "reasons": pc.coalesce(rows["reasons_now"], rows["reasons"]),
        "last_seen": pc.if_else(was_seen, now, rows["last_seen"]),
    }
    session.execute(
        f"delete from quarantine.rows where status = $1 and load_id in ({_ids(load_ids)})", [OPEN]
    )
    columns = [changed.get(name, rows[name]) for name in QUARANTINE_ROWS.names]
    table = pa.table(columns, QUARANTINE_ROWS.names).cast(QUARANTINE_ROWS)
    session.ingest("quarantine", "rows", table)


def _leaving(judged: pa.Table) -> dict[int, Leaving]:
    """Count the rows that leave, by load; a load without any is not named."""
    leaving = judged.filter(pc.is_in(judged["verdict"], _LEAVES))
    counted = leaving.group_by(["load_id", "verdict"]).aggregate([([], "count_all")]).to_pylist()
    counts = {(row["load_id"], row["verdict"]): row["count_all"] for row in counted}
    return {
        load_id: Leaving(
            loaded=counts.get((load_id, Verdict.GOOD), 0),
            skipped=counts.get((load_id, Verdict.SKIPPED), 0),
        )
        for load_id, _ in counts
    }


def _ids(load_ids: Iterable[int]) -> str:
    return ", ".join(str(int(load_id)) for load_id in load_ids)
