"""A small club with its own landing zone, and settings that run the whole pipeline on it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.assets.dbt import RECENT_DAYS, dbt_variables
from orchestration.assets.manifest import dbt_target_dir, prepare_manifest
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
from tests.conftest import fresh_database

ORGANIZATION = """
organization_id: small_club
name: Small club
time_zone: Europe/London
currency: GBP
exports:
  members: {}
  bookings: {}
"""
MEMBERS = "member_id,name,join_date,status\nm1,Ann,2023-01-05,active\nm2,Bob,2023-02-05,active\n"
BOOKING_COLUMNS = "booking_id,member_id,starts_at,revenue,status"


@pytest.fixture(scope="session")
def new_club(
    tmp_path_factory: pytest.TempPathFactory, places: Path
) -> Callable[[Path, str], Settings]:
    """Return a function that sets up a club in an empty folder and returns its settings.

    Its landing zone holds members and bookings of three days in March 2024. dbt's manifest is made.
    """
    parsed: dict[str, Path] = {}

    def parsed_dbt_project(warehouse_url: str) -> Path:
        engine = warehouse_url.partition(":")[0]
        if engine not in parsed:
            settings = Settings(
                warehouse_url=warehouse_url, data_dir=tmp_path_factory.mktemp(engine)
            )
            warehouse = open_warehouse(warehouse_url, settings.data_dir)
            variables = dbt_variables(test_days=RECENT_DAYS)
            parsed[engine] = prepare_manifest(settings, warehouse, variables).parent
        return parsed[engine]

    def make(folder: Path, warehouse_url: str = "") -> Settings:
        (folder / "organizations").mkdir()
        (folder / "organizations" / "small_club.yml").write_text(ORGANIZATION)
        write_landing(folder / "landing" / "small_club")
        settings = Settings(
            warehouse_url=warehouse_url or duckdb_in(folder),
            landing_url=str(folder / "landing"),
            organizations_dir=folder / "organizations",
            data_dir=folder / "data",
        )
        target = parsed_dbt_project(warehouse_url or duckdb_in(places / "place"))
        shutil.copytree(target, dbt_target_dir(settings))
        return settings

    return make


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which one club after the other has its place."""
    return tmp_path_factory.mktemp("places")


@pytest.fixture(scope="module")
def place(places: Path) -> Iterator[Path]:
    """Return an empty folder, the same for every module: dbt parses its project for it once."""
    folder = places / "place"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def place_in_postgres(postgres_server: str, worker_id: str) -> Iterator[str]:
    """Return the URL of an empty database whose name is the same for every test, for dbt's sake."""
    with fresh_database(postgres_server, f"place_{worker_id}") as url:
        yield url


def duckdb_in(folder: Path) -> str:
    return f"duckdb:///{folder / 'warehouse.duckdb'}"


def write_landing(folder: Path) -> None:
    (folder / "members").mkdir(parents=True)
    (folder / "bookings").mkdir()
    (folder / "members" / "members_2024-03-01.csv").write_text(MEMBERS)
    for day in (1, 2, 3):
        (folder / "bookings" / f"bookings_2024-03-0{day}.csv").write_text(
            f"{BOOKING_COLUMNS}\n"
            f"b{day}1,m1,2024-03-0{day} 10:00:00,{day}0.00,attended\n"
            f"b{day}2,m2,2024-03-0{day} 11:00:00,5.00,attended\n"
        )


@pytest.fixture
def settings(new_club: Callable[[Path, str], Settings], tmp_path: Path) -> Settings:
    """Return the settings of a new club with a DuckDB warehouse."""
    return new_club(tmp_path, "")


@pytest.fixture
def landing_dir(settings: Settings) -> Path:
    """Return the landing zone of the club."""
    return Path(settings.landing_url)


@pytest.fixture
def organizations_dir(settings: Settings) -> Path:
    """Return the folder of the club's source mapping."""
    return settings.organizations_dir
