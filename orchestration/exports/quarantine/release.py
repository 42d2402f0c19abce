"""Release quarantined rows after their mapping was mended.

Where the landing still holds a row's file, the file's delivery is loaded anew, as the next run
would do because its mapping has changed: one rule decides what a file becomes, so a run that
follows finds nothing to do. Where the file is gone, its quarantined rows are read again from their
raw text, and the rows that stand are left as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.finding import find_deliveries
from orchestration.exports.loading.ingestion import load_deliveries
from orchestration.exports.loading.results import FileStatus
from orchestration.exports.organizations import Organization
from orchestration.exports.quarantine.listing import Selection
from orchestration.exports.quarantine.moving import move
from orchestration.exports.sql import literal
from orchestration.exports.tables import ledger
from orchestration.exports.tables.quarantine import OPEN
from orchestration.warehouse import Session, Warehouse


@dataclass
class ReleaseResult:
    """What a release came to.

    Attributes
    ----------
    rows_before, rows_left : open rows of the files that the selection means, before and after
    obstacles : one sentence for each reason why rows could not even be tried
    """

    rows_before: int
    rows_left: int
    obstacles: list[str] = field(default_factory=list)


def release(
    warehouse: Warehouse,
    landing: Landing,
    organizations: Iterable[Organization],
    selection: Selection,
) -> ReleaseResult:
    """Read the selected rows again, with all that their files hold in quarantine.

    Each file of which a row is selected is taken whole. Each organization's export is one
    transaction or, in the landing, as many as its deliveries need.

    Raises
    ------
    WarehouseError
        If the warehouse refuses.
    """
    known = {organization.organization_id: organization for organization in organizations}
    with warehouse.session() as session:
        loads = _loads(session, selection)
        before = _open_rows(session, loads)
    obstacles: list[str] = []
    for (organization_id, export), own in groupby(
        loads, key=lambda load: (load["organization_id"], load["export"])
    ):
        organization = known.get(organization_id)
        if organization is None or export not in organization.exports:
            obstacles.append(
                f"No organization file maps {export} of {organization_id}: "
                "its rows stay in quarantine."
            )
        else:
            obstacles += _release(warehouse, landing, organization, export, list(own))
    with warehouse.session() as session:
        return ReleaseResult(before, _open_rows(session, loads), obstacles)


def _loads(session: Session, selection: Selection) -> list[dict[str, Any]]:
    """Return the standing loads to which selected rows belong."""
    condition, parameters = selection.condition()
    loads: list[dict[str, Any]] = session.query(
        "select organization_id, export, export_date, file, load_id from ops.file_loads "
        f"where load_id in (select load_id from quarantine.rows where {condition}) "
        f"and status = '{ledger.LOADED}' order by organization_id, export",
        parameters,
    ).to_pylist()
    return loads


def _open_rows(session: Session, loads: list[dict[str, Any]]) -> int:
    """Count the open rows of the files that were loaded so, whatever load has them now."""
    if not loads:
        return 0
    names = ("organization_id", "export", "file")
    files = ", ".join(f"({', '.join(literal(load[name]) for name in names)})" for load in loads)
    counted = session.query(
        "select count(*) as rows from quarantine.rows "
        f"where status = $1 and ({', '.join(names)}) in ({files})",
        [OPEN],
    )
    return int(counted["rows"][0].as_py())


def _release(
    warehouse: Warehouse,
    landing: Landing,
    organization: Organization,
    export: str,
    loads: list[dict[str, Any]],
) -> list[str]:
    contract = load_contracts()[export]
    days = [load["export_date"] for load in loads]
    files = {load["file"] for load in loads}
    there = [
        delivery
        for delivery in find_deliveries(landing, [organization], contract, min(days), max(days))
        if any(file.path in files for file in delivery.files)
    ]
    landed = {file.path for delivery in there for file in delivery.files}
    gone = [load["load_id"] for load in loads if load["file"] not in landed]
    result = load_deliveries(warehouse, landing, contract, there)
    obstacles = result.refusals + [file.message for file in result.of(FileStatus.POSTPONED)]
    if gone:
        with TemporaryDirectory(prefix="release-") as spill, warehouse.session() as session:
            obstacles += move(session, organization, contract, gone, datetime.now(UTC), Path(spill))
    return obstacles
