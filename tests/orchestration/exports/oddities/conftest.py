"""The shortest way from a file's text to what became of its rows, through the real loading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import Organization
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Warehouse, open_warehouse

_numbers = count(1)


@dataclass(frozen=True)
class Outcome:
    """What became of an export's files.

    Attributes
    ----------
    rows : loaded rows by file and line, canonical columns and load metadata
    quarantine : line, raw text and reasons of the rows set aside, by file and line
    counts : rows read, loaded, quarantined and skipped, over all standing loads
    refusals : one sentence for each refused delivery
    statuses : of the files, in the order of their names
    """

    rows: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    counts: tuple[int, int, int, int]
    refusals: list[str]
    statuses: list[str]

    def column(self, name: str) -> list[Any]:
        """Return one column of the loaded rows."""
        return [row[name] for row in self.rows]

    @property
    def reasons(self) -> dict[int, str]:
        """Return the reasons of the rows set aside, by line."""
        return {row["line"]: row["reasons"] for row in self.quarantine}

    @property
    def refusal(self) -> str:
        """Return the sentence that refuses the only delivery."""
        [sentence] = self.refusals
        return sentence


class Shop:
    """An organization of its own in a warehouse that the tests of a file share."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self._folder, self._warehouse = folder, warehouse
        self._organization_id = f"shop_{next(_numbers)}"
        self.time_zone = "Europe/London"

    def load(
        self,
        content: str | bytes | Mapping[str, str | bytes],
        export: str = "orders",
        *,
        quarantine_limit: float = 1.0,
        suffix: str = ".csv",
        **mapping: Any,
    ) -> Outcome:
        """Deliver one file, or several by their dates, load them and hold the counts together.

        ``mapping`` is ``read``, ``columns`` and ``keep`` as they stand in an organization's file.
        """
        files = content if isinstance(content, Mapping) else {"2024-05-01": content}
        for day, body in files.items():
            file = self._folder / self._organization_id / export / f"{export}_{day}{suffix}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body if isinstance(body, bytes) else body.encode())
        organization = Organization.model_validate(
            {
                "organization_id": self._organization_id,
                "name": "Shop",
                "time_zone": self.time_zone,
                "currency": "GBP",
                "exports": {export: {"files": f"{export}/{export}_{{date}}*.csv", **mapping}},
            }
        )
        contract = load_contracts()[export]
        result = ingest(
            self._warehouse,
            Landing(str(self._folder)),
            [organization],
            contract.model_copy(update={"quarantine_limit": quarantine_limit}),
            date(2000, 1, 1),
            date(2030, 1, 1),
        )
        outcome = self._outcome(export, result.refusals, [str(f.status) for f in result.files])
        read, loaded, quarantined, skipped = outcome.counts
        assert read == loaded + quarantined + skipped
        assert loaded == len(outcome.rows)
        assert quarantined == len(outcome.quarantine)
        assert all(row["reasons"] for row in outcome.quarantine)
        return outcome

    def _outcome(self, export: str, refusals: list[str], statuses: list[str]) -> Outcome:
        own = f"where organization_id = '{self._organization_id}'"
        with self._warehouse.session() as session:
            rows = session.query(
                f"select * from raw.{export} {own} order by _file, _line"
            ).to_pylist()
            bad = session.query(
                f"select line, raw_text, reasons from quarantine.rows {own} order by file, line"
            ).to_pylist()
            [counts] = session.query(
                "select cast(coalesce(sum(rows_read), 0) as bigint) as read, "
                "cast(coalesce(sum(rows_loaded), 0) as bigint) as loaded, "
                "cast(coalesce(sum(rows_quarantined), 0) as bigint) as quarantined, "
                "cast(coalesce(sum(rows_skipped), 0) as bigint) as skipped "
                f"from ops.file_loads {own} and status = 'loaded'"
            ).to_pylist()
        return Outcome(
            rows,
            bad,
            (counts["read"], counts["loaded"], counts["quarantined"], counts["skipped"]),
            refusals,
            statuses,
        )


@pytest.fixture(scope="module")
def oddities_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return a DuckDB warehouse for all tests of a file."""
    folder = tmp_path_factory.mktemp("oddities")
    warehouse = open_warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}", folder)
    prepare(warehouse)
    return warehouse


@pytest.fixture
def shop(tmp_path: Path, oddities_warehouse: Warehouse) -> Shop:
    """Return a shop that has delivered nothing yet."""
    return Shop(tmp_path / "landing", oddities_warehouse)
