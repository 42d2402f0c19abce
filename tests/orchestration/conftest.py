"""A small club with its own landing zone, and settings that run the whole pipeline on it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.assets.manifest import dbt_target_dir, prepare_manifest
from orchestration.settings import Settings

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
def new_club(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Settings]:
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
            parsed[engine] = prepare_manifest(settings).parent
        return parsed[engine]

    def make(folder: Path, warehouse_url: str = "") -> Settings:
        (folder / "organizations").mkdir()
        (folder / "organizations" / "small_club.yml").write_text(ORGANIZATION)
        write_landing(folder / "landing" / "small_club")
        settings = Settings(
            warehouse_url=warehouse_url or f"duckdb:///{folder / 'warehouse.duckdb'}",
            landing_url=str(folder / "landing"),
            organizations_dir=folder / "organizations",
            data_dir=folder / "data",
        )
        shutil.copytree(parsed_dbt_project(settings.warehouse_url), dbt_target_dir(settings))
        return settings

    return make


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
