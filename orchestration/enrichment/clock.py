"""What time it is for what costs money, and which day tables speak of."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import TypeAlias

from orchestration.warehouse import Session

Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, UTC: the clock of everything that costs money."""
    return datetime.now(UTC)


def as_of_dates(session: Session, organizations: Collection[str] | None = None) -> dict[str, date]:
    """Return the newest loaded export date of these organizations; None for all."""
    rows = session.query(
        "select organization_id, max(export_date) as day from ops.file_loads "
        "where status = 'loaded' group by organization_id order by organization_id"
    ).to_pylist()
    return {
        row["organization_id"]: row["day"]
        for row in rows
        if organizations is None or row["organization_id"] in organizations
    }
