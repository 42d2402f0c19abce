"""Give deliveries whose rows came to stand later the load ids of a delivery just loaded.

To whoever follows the ledger, incremental models above all, such a delivery was loaded again, and
nothing else needs to know of releases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from orchestration.exports.contracts import Contract
from orchestration.exports.sql import identifier
from orchestration.exports.tables import ledger
from orchestration.exports.tables.preparing import FILE_LOADS
from orchestration.warehouse import Session


@dataclass(frozen=True)
class Leaving:
    """How many of a load's rows leave the quarantine: to be loaded, or to be skipped."""

    loaded: int = 0
    skipped: int = 0


def reissue(
    session: Session, contract: Contract, leaving: Mapping[int, Leaving], reissued_at: datetime
) -> None:
    """Give the deliveries of these loads new ids, in the order of their files, and count the rows.

    Parameters
    ----------
    leaving : by load id; all loads of one organization
    """
    if not leaving:
        return
    standing = delivery_loads(session, contract, leaving)
    first = ledger.next_load_id(session)
    new_ids = {load["load_id"]: new_id for new_id, load in enumerate(standing, first)}
    _renumber(session, f"raw.{identifier(contract.export)}", "_load_id", new_ids)
    _renumber(session, "quarantine.rows", "load_id", new_ids)
    old_ids = ", ".join(map(str, new_ids))
    session.execute(
        f"update ops.file_loads set status = $1 where load_id in ({old_ids})", [ledger.SUPERSEDED]
    )
    rows = [
        _reissued(load, leaving.get(load["load_id"], Leaving()))
        | {"load_id": new_ids[load["load_id"]], "loaded_at": reissued_at}
        for load in standing
    ]
    session.ingest("ops", "file_loads", pa.Table.from_pylist(rows, FILE_LOADS))


def delivery_loads(
    session: Session, contract: Contract, load_ids: Iterable[int]
) -> list[dict[str, Any]]:
    """Return the standing loads of the deliveries to which these loads belong, by day and file."""
    loads: list[dict[str, Any]] = session.query(
        "select distinct l.* from ops.file_loads l join ops.file_loads one "
        "on l.organization_id = one.organization_id and l.export = one.export "
        "and l.export_date = one.export_date "
        f"where one.load_id in ({', '.join(map(str, load_ids))}) and l.status = $1 "
        "and l.export = $2",
        [ledger.LOADED, contract.export],
    ).to_pylist()
    return sorted(loads, key=lambda load: (load["export_date"], load["file"]))


def _renumber(session: Session, table: str, column: str, new_ids: Mapping[int, int]) -> None:
    pairs = ", ".join(f"({old}, {new})" for old, new in new_ids.items())
    session.execute(
        f"update {table} as r set {column} = p.new_id from (values {pairs}) as p (old_id, new_id) "
        f"where r.{column} = p.old_id and r.{column} in ({', '.join(map(str, new_ids))})"
    )


def _reissued(load: dict[str, Any], leaving: Leaving) -> dict[str, Any]:
    return load | {
        "rows_loaded": load["rows_loaded"] + leaving.loaded,
        "rows_skipped": load["rows_skipped"] + leaving.skipped,
        "rows_quarantined": load["rows_quarantined"] - leaving.loaded - leaving.skipped,
    }
