"""What assets are given to work with: the warehouse, the landing zone, dbt's project."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dagster import ConfigurableResource

from orchestration.exports.landing.zone import ExportFile, Landing
from orchestration.exports.organizations import load_organizations
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse import Warehouse, open_warehouse


@dataclass(frozen=True)
class WarehouseResource:
    """The warehouse of the settings.

    A plain object rather than run configuration: the URL may hold a password, and run
    configuration is stored and shown.
    """

    settings: Settings

    def open(self) -> Warehouse:
        """Open the warehouse, starting the embedded Postgres if need be."""
        return open_warehouse(self.settings.warehouse_url, self.settings.data_dir)

    @contextmanager
    def dbt_turn(self, warehouse: Warehouse) -> Iterator[None]:
        """Hold the right to run dbt: two builds of the same tables at a time would mix their rows.

        On Postgres it is the lock under which exports are loaded: a build must not see half a
        delivery.
        """
        with self.turn(warehouse, "ingest"):
            yield

    @contextmanager
    def turn(self, warehouse: Warehouse, lock_name: str) -> Iterator[None]:
        """Hold the right to do what only one process may do at a time.

        The lock ends with its holder, also when that is killed. On Postgres the server keeps it,
        so that it holds across machines; DuckDB's file must not be open while dbt runs, so one lock
        file stands in for all names.
        """
        if warehouse.engine == "postgres":
            with warehouse.session() as session:
                session.lock(lock_name)
                yield
        else:
            with (self.settings.data_dir / "dbt.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield


class LandingResource(ConfigurableResource["LandingResource"]):
    """Where exports come from. Empty fields take what the settings say when the run begins."""

    landing_url: str = ""
    organizations_dir: str = ""

    def resolve(self, settings: Settings) -> tuple[str, Path]:
        """Return the landing's URL and the organizations' folder."""
        return input_location(settings, self.landing_url, self.organizations_dir)


def input_location(
    settings: Settings, landing_url: str = "", organizations_dir: str = ""
) -> tuple[str, Path]:
    """Decide where exports and organizations are read.

    A landing that is named, here or in the settings, wins; then the project's own `landing` folder,
    where there is one; else the sample, which brings its own organizations.
    """
    organizations = Path(organizations_dir) if organizations_dir else settings.organizations_dir
    own_landing = PROJECT_ROOT / "landing"
    if landing_url or settings.landing_url:
        return landing_url or settings.landing_url, organizations
    if own_landing.is_dir():
        return str(own_landing), organizations
    sample = sample_dir(settings)
    return str(sample / "landing"), (
        Path(organizations_dir) if organizations_dir else sample / "organizations"
    )


def sample_dir(settings: Settings) -> Path:
    """Return the folder of the generated sample."""
    return settings.data_dir / "sample"


def landing_files(landing: Landing, organizations_dir: Path) -> Iterator[ExportFile]:
    """Yield every file in the landing that an organization's mapping asks for."""
    for organization in load_organizations(organizations_dir):
        for export in organization.exports:
            yield from landing.find(organization, export, date.min, date.max)
