"""A whole run from a bucket, as an operator starts it, and the sensor that watches the bucket."""

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
def club(new_club: Any, new_shop: Any, s3: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the settings of a club whose exports land in a bucket; its key is in the options."""
    folder = tmp_path_factory.mktemp("club")
    local = new_club(folder)
    options = json.dumps({"key": "club", "secret": "hidden-secret"})
    url = "s3://club-exports/in"
    (folder / "shop").mkdir()
    new_shop(folder / "shop", url, options).put(Path(local.landing_url))
    return local.model_copy(update={"landing_url": url, "landing_options": options})


def execute(club: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "WAREHOUSE_URL": club.warehouse_url,
        "LANDING_URL": club.landing_url,
        "LANDING_OPTIONS": club.landing_options,
        "ORGANIZATIONS_DIR": str(club.organizations_dir),
        "DATA_DIR": str(club.data_dir),
        "COLUMNS": "100",
    }
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        environment.pop(name)
    return subprocess.run(
        [COMMAND, *arguments], env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_a_run_from_a_bucket_builds_the_marts_and_tells_no_one_the_key(club: Settings) -> None:
    ended = execute(club, "run")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    with open_warehouse(club.warehouse_url, club.data_dir).session() as session:
        metrics = session.query("select sum(total_revenue) as revenue from marts.customer_metrics")
    assert metrics["revenue"].to_pylist() == [75]
    assert "secret" not in ended.stdout + ended.stderr
    kept = [file for file in club.data_dir.rglob("*") if file.is_file()]
    assert [file for file in kept if b"hidden-secret" in file.read_bytes()] == []
    assert any(b"club-exports" in file.read_bytes() for file in kept)


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
