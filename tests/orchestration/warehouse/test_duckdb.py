"""One writer at a time: the file is open only while a session lasts."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.warehouse import WarehouseError
from orchestration.warehouse.duckdb import DuckDBWarehouse

HOLD = (
    "import duckdb, sys; held = duckdb.connect(sys.argv[1]); held.execute('create table t(a int)');"
    "print('held', flush=True); sys.stdin.read(); held.close()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


def hold(path: Path) -> subprocess.Popen[str]:
    """Start a process that keeps the file open until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_may_write_between_sessions(path: Path) -> None:
    warehouse = DuckDBWarehouse(path)
    with warehouse.session() as session:
        session.execute("create table before(a int)")
    hold(path).communicate()
    with warehouse.session() as session:
        assert session.query("select * from before, t").num_rows == 0


def test_a_session_waits_until_the_other_process_closes_the_file(path: Path) -> None:
    holder = hold(path)
    released = subprocess.Popen(["/bin/sleep", "0.5"], stdout=holder.stdin)
    assert holder.stdin is not None
    holder.stdin.close()  # the sleeper keeps the pipe open for its half second
    with DuckDBWarehouse(path).session() as session:
        assert session.query("select * from t").num_rows == 0
    released.wait()
    holder.wait()


def test_a_file_that_stays_open_elsewhere_ends_in_a_clear_sentence(path: Path) -> None:
    holder = hold(path)
    warehouse = DuckDBWarehouse(path, seconds_to_wait=0.3)
    with pytest.raises(WarehouseError, match=f"takes one writer .*PID {holder.pid}"):
        warehouse.session().__enter__()
    holder.communicate()


def test_a_folder_that_cannot_be_made_is_named(path: Path) -> None:
    path.write_text("a file where the folder should be")
    with pytest.raises(WarehouseError, match="Cannot make the folder of"):
        DuckDBWarehouse(path / "warehouse.duckdb")


def test_a_python_variable_is_no_table(path: Path) -> None:
    with DuckDBWarehouse(path).session() as session, pytest.raises(WarehouseError, match="path"):
        session.query("select * from path")
