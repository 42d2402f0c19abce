"""A small pipeline without Dagster: files in, dbt models out, on any engine."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing import Landing
from orchestration.exports.loading import ingest
from orchestration.exports.organization_tables import write_organizations
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables import prepare
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, open_warehouse
from tests.conftest import fresh_database
from tests.dbt_project.dbt_client import DbtClient

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
LOAD_METADATA = ["_load_id", "_loaded_at"]


@dataclass
class Pipeline:
    """A warehouse, the landing and the organizations that it loads from, and dbt over it."""

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
        """Return all tables of the star and the marts."""
        with self.warehouse.session() as session:
            names = session.query(
                "select table_schema, table_name from information_schema.tables "
                "where table_schema in ('star', 'marts') order by 1, 2"
            ).to_pylist()
        return {n: self.table(n) for n in (f"{r['table_schema']}.{r['table_name']}" for r in names)}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.warehouse.session() as session:
            return [tuple(row.values()) for row in session.query(sql).to_pylist()]


def assert_same(tables: dict[str, pd.DataFrame], others: dict[str, pd.DataFrame]) -> None:
    assert tables.keys() == others.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, others[name], obj=name, check_exact=True)


@pytest.fixture(scope="session")
def dbt_client() -> Iterator[DbtClient]:
    client = DbtClient()
    yield client
    client.stop()


@pytest.fixture(scope="session")
def open_pipeline(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    dbt_client: DbtClient,
) -> Callable[[str], AbstractContextManager[Pipeline]]:
    """Return how to lend an empty pipeline on an engine, one at a time.

    All of them have one warehouse's name and one target folder: dbt parses the project once, not
    for each of them.
    """
    shared = tmp_path_factory.mktemp("dbt")

    @contextmanager
    def lend(engine: str) -> Iterator[Pipeline]:
        folder = tmp_path_factory.mktemp("pipeline")
        with ExitStack() as stack:
            if engine == "postgres":
                server = request.getfixturevalue("postgres_server")
                url = stack.enter_context(fresh_database(server, f"pipeline_{worker_id}"))
            else:
                file = shared / "warehouse.duckdb"
                stack.callback(file.unlink, missing_ok=True)
                url = f"duckdb:///{file}"
            target = shared / f"target_{engine}"
            yield Pipeline(open_warehouse(url, folder), folder, target, dbt_client)

    return lend


@pytest.fixture(params=["postgres", "duckdb"])
def pipeline(
    request: pytest.FixtureRequest, open_pipeline: Callable[[str], AbstractContextManager[Pipeline]]
) -> Iterator[Pipeline]:
    """Return an empty pipeline; the test runs once on each engine."""
    with open_pipeline(request.param) as lent:
        yield lent


DAYS = ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]


@pytest.fixture
def club_and_shop(pipeline: Pipeline) -> Pipeline:
    """Four days of a club that books and of a shop that delivers order lines alone, with ids in common."""
    pipeline.add_organization("club", "time_zone: America/Chicago\nassumed_margin_percent: 60\n")
    pipeline.add_organization("shop", "non_product_ids: POST\n")
    deliver = pipeline.deliver

    deliver(
        "club",
        "members",
        DAYS[0],
        """member_id,name,join_date,status,membership_type
        1,Ann,2023-01-01,active,gold
        2,Bob,2023-01-01,active,silver""",
    )
    deliver(
        "club",
        "members",
        DAYS[2],
        """member_id,name,join_date,status,membership_type
        1,Ann,2023-01-01,active,platinum
        3,Cid,2024-03-03,active,silver""",
    )
    deliver(
        "club",
        "members",
        DAYS[3],
        """member_id,name,join_date,status,membership_type
        1,Ann,2023-01-01,active,platinum
        2,Bob,2023-01-01,paused,silver
        3,Cid,2024-03-03,active,silver""",
    )
    booking = "booking_id,member_id,starts_at,revenue,status,activity"
    deliver(
        "club",
        "bookings",
        DAYS[0],
        f"""{booking}
        b1,1,2024-03-01T18:00:00Z,20,booked,tennis
        b2,2,2024-03-01T19:00:00Z,20,attended,padel
        b3,1,2024-03-04T19:00:00Z,30,booked,padel""",
    )
    deliver(
        "club",
        "bookings",
        DAYS[1],
        f"""{booking}
        b1,1,2024-03-01T18:00:00Z,20,attended,tennis
        b4,2,2024-03-02T18:00:00Z,25,no_show,tennis""",
    )
    deliver(
        "club",
        "bookings",
        DAYS[3],
        f"""{booking}
        b2,1,2024-03-02T19:00:00Z,20,attended,padel
        b3,1,2024-03-04T19:00:00Z,30,cancelled,padel""",
    )
    line = "order_id,customer_id,ordered_at,product_id,product_name,product_category,quantity,unit_price,unit_cost"
    deliver(
        "shop",
        "order_lines",
        DAYS[0],
        f"""{line}
        o1,1,2024-03-01T10:00:00Z,tea,TEA,drinks,2,5.00,2.00
        o1,1,2024-03-01T10:00:00Z,POST,Postage,,1,3.00,
        o2,2,2024-03-01T11:00:00Z,pot,POT,pots,1,20.00,15.00""",
    )
    deliver(
        "shop",
        "order_lines",
        DAYS[2],
        f"""{line}
        o2,3,2024-03-01T11:00:00Z,pot,POT,pots,1,20.00,15.00
        o3,2,2024-03-03T11:00:00Z,tea,GREEN TEA,drinks,4,5.50,2.00
        o4,,2024-03-03T12:00:00Z,tea,GREEN TEA,drinks,1,5.50,2.00""",
    )
    deliver(
        "shop",
        "order_lines",
        DAYS[3],
        f"""{line}
        c3,2,2024-03-04T11:00:00Z,tea,GREEN TEA,drinks,-1,5.50,2.00""",
    )
    return pipeline


def run_days(pipeline: Pipeline, days: Iterable[str]) -> None:
    for day in days:
        pipeline.load(day, day)
        pipeline.dbt("run")
