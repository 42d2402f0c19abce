"""The UI as an engineer uses it: its server and its daemon, over the history of earlier runs."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from orchestration.settings import PROJECT_ROOT

COMMAND = Path(sys.executable).with_name("customer-intelligence")
SECONDS_TO_START, SECONDS_TO_RUN = 180, 300

RUNS = "{ runsOrError { ... on Runs { results { jobName status tags { key value } } } } }"
BACKFILLS = "{ partitionBackfillsOrError { ... on PartitionBackfills { results { status } } } }"
LAUNCH = """
mutation ($backfill: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfill) { __typename }
}
"""


@pytest.fixture(scope="module")
def environment(new_club, place):
    """Return the environment of an operator who has run a club once, over a day that was refused."""
    settings = new_club(place)
    refused = Path(settings.landing_url) / "small_club" / "bookings" / "bookings_2024-02-29.csv"
    refused.write_text("no,header,of,bookings\n1,2,3,4\n")
    environment = {
        **os.environ,
        "WAREHOUSE_URL": settings.warehouse_url,
        "LANDING_URL": settings.landing_url,
        "ORGANIZATIONS_DIR": str(settings.organizations_dir),
        "DATA_DIR": str(settings.data_dir),
    }
    ended = subprocess.run([COMMAND, "run", "--date", "2024-02-29"], env=environment, check=False)
    assert ended.returncode == 1
    return environment


@pytest.fixture(scope="module")
def ask(environment):
    """Return a function that asks the running UI a question in GraphQL."""
    port = free_port()
    command = [COMMAND, "ui", "--port", str(port)]
    ui = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT, start_new_session=True)
    url = f"http://127.0.0.1:{port}"

    def graphql(query, **variables):
        body = {"query": query, "variables": variables}
        return requests.post(f"{url}/graphql", json=body, timeout=30).json()["data"]

    try:
        wait_until(lambda: answers(url), SECONDS_TO_START)
        yield graphql
    finally:
        # A suite started in the background hands down signals that are ignored: this one cannot be.
        os.killpg(ui.pid, signal.SIGKILL)
        ui.wait()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url):
    try:
        return requests.get(f"{url}/server_info", timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"nothing happened in {seconds} s"
        time.sleep(0.5)


def test_runs_from_the_terminal_stand_in_the_history(ask):
    runs = ask(RUNS)["runsOrError"]["results"]
    assert ("daily", "FAILURE") in [(run["jobName"], run["status"]) for run in runs]


def test_a_backfill_over_days_is_one_run_with_the_models_at_its_end(ask):
    job = {
        "partitionSetName": "daily_partition_set",
        "repositorySelector": {
            "repositoryName": "__repository__",
            "repositoryLocationName": "customer_intelligence",
        },
    }
    days = ["2024-03-01", "2024-03-02", "2024-03-03"]
    ask(LAUNCH, backfill={"selector": job, "partitionNames": days})

    def is_done():
        (backfill,) = ask(BACKFILLS)["partitionBackfillsOrError"]["results"]
        return backfill["status"].startswith("COMPLETED")

    wait_until(is_done, SECONDS_TO_RUN)
    tags = [
        {tag["key"]: tag["value"] for tag in run["tags"]}
        for run in ask(RUNS)["runsOrError"]["results"]
        if run["status"] == "SUCCESS"
    ]
    (backfilled,) = [tags_of_run for tags_of_run in tags if "dagster/backfill" in tags_of_run]
    assert backfilled["dagster/asset_partition_range_start"] == "2024-03-01"
    assert backfilled["dagster/asset_partition_range_end"] == "2024-03-03"
