"""Files in the shape of a real system, loaded by the example mapping for it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.loading.results import IngestResult
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, open_warehouse


class System:
    """One example organization with a landing and a warehouse of its own."""

    def __init__(self, folder: Path, warehouse: Warehouse, organization_id: str) -> None:
        self._landing, self._warehouse = folder / "landing", warehouse
        examples = load_organizations(PROJECT_ROOT / "organizations" / "examples")
        [self.organization] = [one for one in examples if one.organization_id == organization_id]

    def deliver(self, path: str, content: str, encoding: str = "utf-8") -> None:
        """Put a file into the organization's folder."""
        file = self._landing / self.organization.organization_id / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode(encoding))

    def load(self, export: str) -> IngestResult:
        """Load one export under its contract's own limit, and hold the counts together."""
        result = ingest(
            self._warehouse,
            Landing(str(self._landing)),
            [self.organization],
            load_contracts()[export],
            date(2000, 1, 1),
            date(2030, 1, 1),
        )
        result.raise_if_refused()
        assert result.files
        read = result.rows_loaded + result.rows_quarantined + result.rows_skipped
        assert result.rows_read == read
        return result

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        with self._warehouse.session() as session:
            return [tuple(row.values()) for row in session.query(query).to_pylist()]

    def reasons(self, export: str) -> list[str]:
        """Return why rows of an export stand in quarantine."""
        return [
            reasons
            for (reasons,) in self.rows(
                f"select reasons from quarantine.rows where export = '{export}' order by line"
            )
        ]


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> System:
    """Return the example organization that the test file names in ``ORGANIZATION_ID``."""
    folder = tmp_path_factory.mktemp("system")
    warehouse = open_warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}", folder)
    prepare(warehouse)
    return System(folder, warehouse, request.module.ORGANIZATION_ID)
