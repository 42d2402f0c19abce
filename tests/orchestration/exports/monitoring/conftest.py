"""Arrivals as the ledger would tell them, without loading the files."""

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from orchestration.exports.monitoring.arrivals import DELIVERED, FILES, Arrivals, expectations
from orchestration.exports.organizations import Organization

# A Monday, so that day(0) to day(6) are Monday to Sunday of the first week.
FIRST_DAY = date(2024, 1, 1)


def day(number: int) -> date:
    """Return the day of this number, from 0."""
    return FIRST_DAY + timedelta(days=number)


class Deliveries:
    """Files of the export orders, organization by organization."""

    def __init__(self) -> None:
        self._organizations: dict[str, Organization] = {}
        self._files: list[dict[str, Any]] = []

    def expect(self, organization_id: str, expected: str | None) -> None:
        """Let an organization say when its orders are due."""
        self._organizations[organization_id] = Organization.model_validate(
            {
                "organization_id": organization_id,
                "name": "Shop",
                "time_zone": "Europe/London",
                "currency": "GBP",
                "exports": {"orders": {"expected": expected} if expected else {}},
            }
        )

    def add(
        self,
        days: Iterable[int],
        organization_id: str = "shop",
        *,
        rows: int | Callable[[int], int] = 1,
        outcome: str = DELIVERED,
        part: str = "",
        columns: dict[str, str | None] | None = None,
    ) -> None:
        """Add one file for each of these days."""
        if organization_id not in self._organizations:
            self.expect(organization_id, None)
        self._files += [
            {
                "organization_id": organization_id,
                "export": "orders",
                "export_date": day(number),
                "file": f"{organization_id}/orders_{day(number)}{part}.csv",
                "outcome": outcome,
                "rows_delivered": rows if isinstance(rows, int) else rows(number),
                "columns": json.dumps(list(columns)) if columns else None,
                "column_kinds": json.dumps(list(columns.values())) if columns else None,
            }
            for number in days
        ]

    def arrivals(self, last_day: int) -> Arrivals:
        """Return what is known on a day."""
        known = [file for file in self._files if file["export_date"] <= day(last_day)]
        began: dict[str, date] = {}
        for file in known:
            name = file["organization_id"]
            began[name] = min(began.get(name, date.max), file["export_date"])
        organizations = self._organizations.values()
        return Arrivals(
            pa.Table.from_pylist(known, FILES), expectations(organizations, {"orders"}, began)
        )


@pytest.fixture
def deliveries() -> Deliveries:
    """Return an empty book of deliveries."""
    return Deliveries()
