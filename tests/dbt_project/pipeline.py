"""A small pipeline without Dagster: files in, dbt models out, on any engine."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ml.registry import Registry
from orchestration.assets.dbt import SCORED
from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.scoring import SCORERS
from orchestration.scoring.scoring import score_organizations
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse
from tests.dbt_project.dbt_client import DbtClient

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
LOAD_METADATA = ["_load_id", "_loaded_at"]
# Commands whose artifacts somebody reads; of the others, writing them takes as long as a few models.
ARTIFACTS_OF = {"parse", "docs"}


@dataclass
class Pipeline:
    """A warehouse, the landing and the organizations that it loads from, and dbt over it."""

    engine: str
    warehouse: Warehouse
    folder: Path
    target: Path
    dbt_client: DbtClient

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def organizations(self) -> Path:
        return self.folder / "organizations"

    def add_organization(self, organization_id: str, settings: str = "") -> None:
        self.organizations.mkdir(parents=True, exist_ok=True)
        base = f"organization_id: {organization_id}\nname: {organization_id}\n"
        defaults = "" if "time_zone" in settings else "time_zone: UTC\n"
        currency = "" if "currency" in settings else "currency: EUR\n"
        (self.organizations / f"{organization_id}.yml").write_text(
            base + defaults + currency + settings
        )

    def deliver(self, organization_id: str, export: str, day: str, text: str) -> None:
        """Write an export; lines may be indented as the test is."""
        path = self.landing / organization_id / export / f"{export}_{day}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [line.strip() for line in text.strip().splitlines()]
        path.write_text("\n".join(lines) + "\n")

    def load(self, first: str = "0001-01-01", last: str = "9999-12-31") -> None:
        prepare(self.warehouse)
        organizations = load_organizations(self.organizations)
        write_organizations(self.warehouse, organizations)
        for contract in load_contracts().values():
            ingest(
                self.warehouse,
                Landing(str(self.landing)),
                organizations,
                contract,
                date.fromisoformat(first),
                date.fromisoformat(last),
            ).raise_if_refused()

    def dbt(self, *arguments: str, as_of: str = "") -> str:
        """Run dbt in a process of its own, as the pipeline does, and return what it printed."""
        if as_of:
            arguments = (*arguments, "--vars", f"{{as_of: '{as_of}'}}")
        if not ARTIFACTS_OF & set(arguments):
            arguments = (*arguments, "--no-write-json")
        folders = {
            "--project-dir": DBT_PROJECT,
            "--profiles-dir": DBT_PROJECT,
            "--target-path": self.target,
            "--log-path": self.target,
        }
        code, said = self.dbt_client.run(
            ["--quiet", "--no-use-colors", "--log-level-file", "none", *arguments],
            folders,
            self.warehouse.dbt_environment(),
        )
        assert code == 0, said[-6000:]
        return said

    def build(self, as_of: str = "") -> None:
        """Build every model and run every data test over all rows."""
        self.dbt("build", "--exclude-resource-type", "unit_test", as_of=as_of)

    def score(self) -> None:
        """Let trained models score the tables as they are, and build what is made from scores."""
        registry = Registry(self.folder / "registry")
        for scorer in SCORERS:
            for _ in score_organizations(scorer, self.warehouse, registry):
                pass
        self.dbt("run", "--select", SCORED)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table in the order of its rows' text, so that two of them can be compared."""
        with self.warehouse.session() as session:
            table = session.query(f"select * from {name}")
        frame = table.drop_columns(
            [c for c in table.column_names if c in LOAD_METADATA]
        ).to_pandas()
        return frame.sort_values(
            list(frame.columns), key=lambda c: c.astype(str), ignore_index=True
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables that people and models read."""
        with self.warehouse.session() as session:
            names = session.query(
                "select table_schema, table_name from information_schema.tables "
                "where table_schema in ('star', 'features', 'marts') order by 1, 2"
            ).to_pylist()
        return {n: self.table(n) for n in (f"{r['table_schema']}.{r['table_name']}" for r in names)}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.warehouse.session() as session:
            return [tuple(row.values()) for row in session.query(sql).to_pylist()]


def assert_same(tables: dict[str, pd.DataFrame], others: dict[str, pd.DataFrame]) -> None:
    assert tables.keys() == others.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, others[name], obj=name, check_exact=True)
