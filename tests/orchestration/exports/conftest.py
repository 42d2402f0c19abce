"""A landing zone and organizations to load from it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.fetching import LocalFile, fetch
from orchestration.exports.landing.spooling import Limits
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.loading.results import IngestResult
from orchestration.exports.organizations import Organization
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Warehouse, open_warehouse

ORDERS_HEADER = "order_id,customer_id,ordered_at,order_revenue,status\n"


class Exports:
    """A landing folder with one organization, and a warehouse to load it into."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self.folder, self.warehouse = folder, warehouse
        self.organization = self.organize()
        prepare(warehouse)

    def organize(self, organization_id: str = "shop", **exports: Any) -> Organization:
        """Let the organization map these exports, or all by default, and return it."""
        self.organization = Organization.model_validate(
            {
                "organization_id": organization_id,
                "name": "Shop",
                "time_zone": "Europe/London",
                "currency": "GBP",
                "exports": exports or None,
            }
        )
        return self.organization

    def deliver(self, path: str, content: str | bytes) -> Path:
        """Put a file into the organization's folder, with a time of its own."""
        file = self.folder / self.organization.organization_id / path
        file.parent.mkdir(parents=True, exist_ok=True)
        newer = file.stat().st_mtime_ns + 1_000_000 if file.exists() else None
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        if newer:
            os.utime(file, ns=(newer, newer))
        return file

    def deliver_orders(self, *rows: str, day: str = "2024-05-01", part: str = "") -> Path:
        """Deliver orders with the canonical header."""
        body = "".join(f"{row}\n" for row in rows)
        return self.deliver(f"orders/orders_{day}{part}.csv", ORDERS_HEADER + body)

    def load(
        self,
        export: str = "orders",
        first: date = date(2000, 1, 1),
        last: date = date(2030, 1, 1),
        landing_type: type[Landing] = Landing,
        quarantine_limit: float = 0.05,
        **more: Any,
    ) -> IngestResult:
        """Ingest one export of the organization."""
        contract = load_contracts()[export]
        return ingest(
            self.warehouse,
            landing_type(str(self.folder)),
            [self.organization],
            contract.model_copy(update={"quarantine_limit": quarantine_limit}),
            first,
            last,
            **more,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        with self.warehouse.session() as session:
            return [tuple(row.values()) for row in session.query(query).to_pylist()]

    def orders(self) -> list[tuple[Any, ...]]:
        """Return what stands in raw.orders, by file and line."""
        return self.rows(
            "select order_id, customer_id, ordered_at, order_revenue, status, _export_date, _file, "
            "_line from raw.orders order by _file, _line"
        )

    def quarantine(self) -> list[tuple[Any, ...]]:
        """Return line, raw text and reasons of what stands in quarantine."""
        return self.rows("select line, raw_text, reasons from quarantine.rows order by file, line")

    def ledger(self) -> list[tuple[Any, ...]]:
        """Return file, status and counts of every load."""
        return self.rows(
            "select file, status, rows_read, rows_loaded, rows_quarantined, rows_skipped "
            "from ops.file_loads order by load_id"
        )


@pytest.fixture
def exports(tmp_path: Path, warehouse: Warehouse) -> Exports:
    """Return an organization's exports; the test runs once on each engine."""
    return Exports(tmp_path / "landing", warehouse)


@pytest.fixture
def duckdb_exports(tmp_path: Path, duckdb: Warehouse) -> Exports:
    """Return an organization's exports on DuckDB, for what does not depend on the engine."""
    return Exports(tmp_path / "landing", duckdb)


@pytest.fixture
def contract_folder(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes one contract and returns its folder."""

    def write(text: str) -> Path:
        (tmp_path / "things.yml").write_text(text)
        return tmp_path

    return write


@pytest.fixture(scope="session")
def copies_of_empty_exports(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], AbstractContextManager[Exports]]:
    """Return a function that lends exports with an empty DuckDB warehouse, made once and copied."""
    empty = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    prepare(open_warehouse(f"duckdb:///{empty}", empty.parent))

    @contextmanager
    def make() -> Iterator[Exports]:
        with TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(empty, folder)
            (folder / "landing").mkdir()
            warehouse = open_warehouse(f"duckdb:///{folder / empty.name}", folder)
            yield Exports(folder / "landing", warehouse)

    return make


Fetch = Callable[..., tuple[LocalFile, ReadOptions]]


@pytest.fixture
def fetched(tmp_path: Path) -> Fetch:
    """Return a function that lands one file's content and fetches it with these read options."""

    def land_and_fetch(
        content: str | bytes, ending: str = "", limits: Limits | None = None, **read: Any
    ) -> tuple[LocalFile, ReadOptions]:
        organization = Organization.model_validate(
            {
                "organization_id": "shop",
                "name": "Shop",
                "time_zone": "Europe/London",
                "currency": "GBP",
                "exports": {"orders": {"files": "{date}.csv", "read": read}},
            }
        )
        folder = tmp_path / "landing" / "shop"
        folder.mkdir(parents=True, exist_ok=True)
        landed = folder / f"2024-05-01.csv{ending}"
        landed.write_bytes(content if isinstance(content, bytes) else content.encode())
        landing = Landing(str(folder.parent))
        [file] = landing.find(organization, "orders", date(2024, 5, 1), date(2024, 5, 1))
        options = organization.exports["orders"].read
        return fetch(landing, file, options, tmp_path, limits), options

    return land_and_fetch
