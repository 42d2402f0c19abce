"""The command line as its users see it: what it says, and with which exit code it ends."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT

COMMAND = Path(sys.executable).with_name("customer-intelligence")


def execute(settings, *arguments, **environment):
    """Run a command as an operator with these settings."""
    return subprocess.run(
        [COMMAND, *arguments],
        env={
            **os.environ,
            "WAREHOUSE_URL": settings.warehouse_url,
            "LANDING_URL": settings.landing_url,
            "ORGANIZATIONS_DIR": str(settings.organizations_dir),
            "DATA_DIR": str(settings.data_dir),
            "COLUMNS": "100",
            **environment,
        },
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def cli(settings):
    """Return a function that runs a command in a new club."""
    return partial(execute, settings)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--date", "2024-03-01", "--from", "2024-03-01"], "Give either --date or --from and --to"),
        (["--from", "2024-03-01"], "Give both --from and --to"),
        (["--from", "2024-03-02", "--to", "2024-03-01"], "--from is later than --to"),
        (["--date", "1 March"], "does not match the format"),
        (["--organizations", "nowhere"], "does not exist"),
    ],
)
def test_contradictory_options_are_explained(cli, arguments, sentence):
    ended = cli("run", *arguments)
    assert ended.returncode == 2
    assert sentence in ended.stderr


def test_a_refused_delivery_ends_with_its_sentence_and_no_stack_trace(cli, landing_dir, settings):
    broken = landing_dir / "small_club" / "bookings" / "bookings_2024-03-02.csv"
    broken.write_text(
        "booking_id,member_id,starts_at,revenue,status\n" + "b1,m1,no time,1,booked\n" * 9
    )
    ended = cli("run")
    assert ended.returncode == 1
    assert "bookings_2024-03-02.csv" in ended.stdout
    assert "All other deliveries are loaded" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert str(settings.data_dir / "logs" / "run.log") in ended.stdout


def test_a_landing_without_files_says_what_to_do(cli, tmp_path):
    ended = cli("run", "--landing", str(tmp_path))
    assert ended.returncode == 1
    assert "add files, or name them with --landing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_days_before_the_first_partition_are_refused(cli):
    ended = cli("run", "--date", "1997-01-01")
    assert ended.returncode == 1
    assert "set FIRST_EXPORT_DATE" in ended.stderr


def test_a_warehouse_that_cannot_be_reached_is_one_sentence(cli):
    ended = cli("run", WAREHOUSE_URL="mysql://somewhere/database")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "WAREHOUSE_URL" in ended.stderr


def test_the_status_of_an_empty_warehouse_names_the_next_step(cli):
    ended = cli("status")
    assert ended.returncode == 0
    assert "No run yet" in ended.stdout
    assert "Nothing is loaded yet" in ended.stdout


def test_status_starts_no_warehouse(cli, settings):
    ended = cli("status", WAREHOUSE_URL="")
    assert "not running" in ended.stdout
    assert not (settings.data_dir / "postgres").exists()


def test_the_url_of_a_warehouse_that_does_not_run_is_an_error(cli):
    ended = cli("warehouse", "url", WAREHOUSE_URL="")
    assert ended.returncode == 1
    assert "warehouse start" in ended.stderr


def test_the_url_of_your_own_warehouse_is_the_one_you_set(cli, settings):
    assert cli("warehouse", "url").stdout.strip() == settings.warehouse_url


def test_your_own_warehouse_is_not_stopped_from_here(cli):
    ended = cli("warehouse", "stop")
    assert ended.returncode == 1
    assert "WAREHOUSE_URL names a warehouse of your own" in ended.stderr


def test_a_sample_of_any_size_is_generated(cli, tmp_path):
    out = tmp_path / "generated"
    ended = cli("sample", "--out", str(out), "--customers", "20", "--days", "14")
    assert ended.returncode == 0, ended.stderr
    assert list(out.glob("landing/*/orders/*.csv"))
    assert "rows in" in ended.stdout


def test_help_is_quick_because_nothing_heavy_is_imported():
    code = (
        "import sys; import orchestration.cli; "
        "print([m for m in ('dagster', 'pandas', 'pyarrow', 'dbt') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"
