"""Whole runs that are killed at some moment, and two at once: the tables come out the same.

CRASHES says how many runs are killed on each engine before one is let be, at any moment of them; the
one of the test suite dies early, while exports load or the first models are built.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import open_warehouse

COMMAND = Path(sys.executable).with_name("customer-intelligence")
CRASHES = int(os.environ.get("CRASHES", "1"))
LAST_SECOND = 25 if "CRASHES" in os.environ else 8
LOAD_METADATA = ("_load_id", "_loaded_at")


def start(settings):
    """Start a run as an operator does."""
    return subprocess.Popen(
        [COMMAND, "run"],
        env={
            **os.environ,
            "WAREHOUSE_URL": settings.warehouse_url,
            "LANDING_URL": settings.landing_url,
            "ORGANIZATIONS_DIR": str(settings.organizations_dir),
            "DATA_DIR": str(settings.data_dir),
        },
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    """Wait for a run and return its exit code, and what it said."""
    said, _ = process.communicate(timeout=300)
    return process.returncode, said


def tables(settings):
    """Return the rows of every table of raw, star and marts, without load ids and clocks."""
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    with warehouse.session() as session:
        names = session.query(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('raw', 'star', 'marts')"
        ).to_pylist()
        found = {}
        for name in (f"{row['table_schema']}.{row['table_name']}" for row in names):
            rows = session.query(f"select * from {name}").to_pylist()
            found[name] = sorted(
                str([value for column, value in row.items() if column not in LOAD_METADATA])
                for row in rows
            )
    return found


def kill(processes, seconds):
    """Kill runs after so many seconds."""
    time.sleep(seconds)
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_killed_runs_are_repaired_by_the_next_and_by_two_at_once(
    new_club, place, tmp_path, place_in_postgres
):
    duckdb, postgres = new_club(place), new_club(tmp_path, place_in_postgres)
    moments = random.Random(CRASHES)
    for _ in range(CRASHES):
        kill([start(duckdb), start(postgres)], moments.uniform(2, LAST_SECOND))
    runs = [start(duckdb), start(postgres), start(postgres)]
    outcomes = [finish(process) for process in runs]
    assert [code for code, _ in outcomes] == [0] * 3, "\n".join(
        said[-2000:] for _, said in outcomes
    )
    found, other = tables(duckdb), tables(postgres)
    assert len(found["raw.bookings"]) == 6
    assert found.keys() == other.keys()
    for name in found:
        assert found[name] == other[name], name
