"""A warehouse with a club's loaded lists, as enrichment reads them, and a clock that stands still."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from orchestration.enrichment.demo.persons import person as known_person
from orchestration.enrichment.selection import Lifetimes
from orchestration.exports.contracts import load_contracts
from orchestration.exports.tables.organizations import ORGANIZATION_EXPORTS
from orchestration.exports.tables.preparing import FILE_LOADS, prepare
from orchestration.warehouse import Warehouse

DAY = date(2024, 3, 1)
LIFETIMES = Lifetimes(matched=30, not_found=90, pending=7)


class Clock:
    """Tells the same time until it is put forward."""

    def __init__(self) -> None:
        self.time = datetime(2024, 3, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, days: float) -> None:
        self.time += timedelta(days=days)


def load(
    warehouse: Warehouse,
    export: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    organization_id: str = "club",
    day: date = DAY,
) -> None:
    """Write rows as though a delivery of that day had brought them."""
    prepare(warehouse)
    contract = load_contracts()[export]
    with warehouse.session() as session:
        newest = session.query("select coalesce(max(load_id), 0) as id from ops.file_loads")
        load_id = newest["id"][0].as_py() + 1
        own = {"organization_id": organization_id, "_export_date": day, "_load_id": load_id}
        named = [{**own, "_line": line, **row} for line, row in enumerate(rows, 2)]
        session.ingest("raw", export, pa.Table.from_pylist(named, contract.arrow_schema()))
        entry = {
            "load_id": load_id,
            "organization_id": organization_id,
            "export": export,
            "export_date": day,
            "status": "loaded",
        }
        session.ingest("ops", "file_loads", pa.Table.from_pylist([entry], FILE_LOADS))
        kind = {
            "organization_id": organization_id,
            "export": export,
            "delivery": contract.delivery,
        }
        told = pa.Table.from_pylist([kind], ORGANIZATION_EXPORTS)
        key = {"organization_id": organization_id, "export": export}
        session.replace("raw", "organization_exports", key, told)


def members(count: int, first: int = 0) -> list[dict[str, str]]:
    """Return members who can be told by their e-mail addresses."""
    return [
        {"member_id": f"m{n}", "name": f"Ann {n}", "email": f"p{n}@example.com", "status": "active"}
        for n in range(first, first + count)
    ]


def is_known(member: Mapping[str, str]) -> bool:
    """Whether the stub has a record of a member."""
    return known_person({"email": member["email"]}) is not None


def rows(warehouse: Warehouse, sql: str) -> list[dict[str, Any]]:
    with warehouse.session() as session:
        found: list[dict[str, Any]] = session.query(sql).to_pylist()
    return found
