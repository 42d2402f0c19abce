"""A small club with its own landing zone, and settings under which the whole pipeline runs on it."""

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


@pytest.fixture
def organizations_dir(tmp_path: Path) -> Path:
    """Return a folder with one organization."""
    folder = tmp_path / "organizations"
    folder.mkdir()
    (folder / "small_club.yml").write_text(ORGANIZATION)
    return folder


@pytest.fixture
def landing_dir(tmp_path: Path) -> Path:
    """Return a landing zone with members and bookings of three days in March 2024."""
    folder = tmp_path / "landing" / "small_club"
    (folder / "members").mkdir(parents=True)
    (folder / "bookings").mkdir()
    (folder / "members" / "members_2024-03-01.csv").write_text(MEMBERS)
    for day in (1, 2, 3):
        (folder / "bookings" / f"bookings_2024-03-0{day}.csv").write_text(
            f"{BOOKING_COLUMNS}\n"
            f"b{day}1,m1,2024-03-0{day} 10:00:00,{day}0.00,attended\n"
            f"b{day}2,m2,2024-03-0{day} 11:00:00,5.00,attended\n"
        )
    return folder.parent


@pytest.fixture
def settings_for(
    tmp_path: Path,
    organizations_dir: Path,
    landing_dir: Path,
    parsed_dbt_project: Callable[[str], Path],
) -> Callable[[str], Settings]:
    """Return a function that makes settings for a warehouse URL, with dbt's manifest in place."""

    def make(warehouse_url: str) -> Settings:
        settings = Settings(
            warehouse_url=warehouse_url,
            landing_url=str(landing_dir),
            organizations_dir=organizations_dir,
            data_dir=tmp_path / "data",
        )
        shutil.copytree(parsed_dbt_project(warehouse_url), dbt_target_dir(settings))
        return settings

    return make


@pytest.fixture
def settings(settings_for: Callable[[str], Settings], tmp_path: Path) -> Settings:
    """Return settings for a fresh DuckDB warehouse."""
    return settings_for(f"duckdb:///{tmp_path / 'warehouse.duckdb'}")


@pytest.fixture(scope="session")
def parsed_dbt_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that parses dbt's project for an engine, once."""
    parsed: dict[str, Path] = {}

    def parse(warehouse_url: str) -> Path:
        engine = warehouse_url.partition(":")[0]
        if engine not in parsed:
            data_dir = tmp_path_factory.mktemp(engine)
            parsed[engine] = prepare_manifest(
                Settings(warehouse_url=warehouse_url, data_dir=data_dir)
            ).parent
        return parsed[engine]

    return parse
