"""A first run, from a bucket, as an operator starts it, and the sensor that watches the bucket."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dagster import build_sensor_context

from orchestration.definitions import build_definitions
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse import open_warehouse

COMMAND = Path(sys.executable).with_name("customer-intelligence")


@pytest.fixture(scope="module")
def club(new_club: Any, new_shop: Any, s3: Any, place: Path) -> Any:
    """Return the settings of a club whose exports land in a bucket; its key is in the options.

    One file there is of a day to come.
    """
    local = new_club(place)
    early = Path(local.landing_url) / "small_club" / "bookings" / "bookings_2999-01-01.csv"
    early.write_text("booking_id\n")
    options = json.dumps({"key": "club", "secret": "hidden-secret"})
    url = "s3://club-exports/in"
    (place / "shop").mkdir()
    new_shop(place / "shop", url, options).put(Path(local.landing_url))
    return local.model_copy(update={"landing_url": url, "landing_options": options})


@pytest.fixture(scope="module")
def first_run(club: Settings) -> subprocess.CompletedProcess[str]:
    """Return how the club's first run ended."""
    return execute(club, "run")


def execute(club: Settings, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "WAREHOUSE_URL": club.warehouse_url,
        "LANDING_URL": club.landing_url,
        "LANDING_OPTIONS": club.landing_options,
        "ORGANIZATIONS_DIR": str(club.organizations_dir),
        "DATA_DIR": str(club.data_dir),
        "COLUMNS": "100",
        **variables,
    }
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        environment.pop(name)
    return subprocess.run(
        [COMMAND, *arguments], env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_a_run_loads_every_day_that_has_files_and_ends_with_a_table(
    first_run: subprocess.CompletedProcess[str],
) -> None:
    assert first_run.returncode == 0, first_run.stdout + first_run.stderr
    assert "Exports of 2024-03-01 to 2024-03-03" in first_run.stdout
    (row,) = [line.split() for line in first_run.stdout.splitlines() if "small_club " in line]
    assert row[:6] == ["small_club", "4", "8", "0", "0", "2"]


def test_a_run_from_a_bucket_builds_the_marts_and_tells_no_one_the_key(
    club: Settings, first_run: subprocess.CompletedProcess[str]
) -> None:
    with open_warehouse(club.warehouse_url, club.data_dir).session() as session:
        metrics = session.query("select sum(total_revenue) as revenue from marts.customer_metrics")
    assert metrics["revenue"].to_pylist() == [75]
    assert "secret" not in first_run.stdout + first_run.stderr
    kept = [file for file in club.data_dir.rglob("*") if file.is_file()]
    assert [file for file in kept if b"hidden-secret" in file.read_bytes()] == []
    assert any(b"club-exports" in file.read_bytes() for file in kept)


def test_a_run_ends_with_where_to_look(first_run: subprocess.CompletedProcess[str]) -> None:
    assert "BI tools connect to duckdb://" in first_run.stdout
    assert "make ui" in first_run.stdout


def test_dagsters_own_log_stays_out_of_the_terminal(
    club: Settings, first_run: subprocess.CompletedProcess[str]
) -> None:
    assert "RUN_START" not in first_run.stdout + first_run.stderr
    assert "RUN_START" in (club.data_dir / "logs" / "run.log").read_text()


def test_files_of_days_to_come_do_not_keep_the_others_from_loading(
    first_run: subprocess.CompletedProcess[str],
) -> None:
    assert "Not loaded: files dated before" in first_run.stdout


@pytest.mark.usefixtures("first_run")
def test_dbt_goes_on_from_the_project_that_was_parsed_for_the_run(club: Settings) -> None:
    logs = [file.read_text() for file in club.data_dir.glob("dbt/duckdb/dbt_*models-*/dbt.log*")]
    assert sum("Nothing changed, skipping partial parsing" in log for log in logs) == 2


@pytest.mark.usefixtures("first_run")
def test_status_tells_the_last_run_and_what_each_organization_loaded(club: Settings) -> None:
    told = execute(club, "status").stdout
    assert "Last run: success" in told
    (row,) = [line.split() for line in told.splitlines() if "small_club " in line]
    assert row[:5] == ["small_club", "2024-03-03", "4", "8", "0"]


@pytest.mark.usefixtures("first_run")
def test_a_dry_run_of_enrichment_tells_its_plan_and_nothing_else(club: Settings) -> None:
    ended = execute(club, "enrich", "--dry-run", PDL_API_KEY="never-sent")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (plan,) = ended.stdout.strip().splitlines()
    assert plan.strip().startswith("small_club: 0 of 2 due, which would cost 0 credits at most")


def test_a_run_with_a_wrong_address_ends_with_one_sentence(club: Settings) -> None:
    wrong = club.model_copy(update={"landing_url": "s3://no-such-bucket-of-ours"})
    ended = execute(wrong, "run")
    assert ended.returncode == 1
    assert "s3://no-such-bucket-of-ours' does not exist" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_sensor_asks_for_the_days_in_the_bucket(club: Settings) -> None:
    definitions = build_definitions(club)
    sensor = definitions.resolve_sensor_def("landing")
    first = sensor.evaluate_tick(build_sensor_context(definitions=definitions))
    second = sensor.evaluate_tick(
        build_sensor_context(cursor=first.cursor, definitions=definitions)
    )
    [request] = second.run_requests or []
    assert request.tags["dagster/asset_partition_range_start"] == "2024-03-01"
    assert request.tags["dagster/asset_partition_range_end"] == "2024-03-03"
