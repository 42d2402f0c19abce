"""Real engines for every test: one embedded Postgres per test run, a fresh database per test."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, embedded, open_warehouse


def pytest_configure() -> None:
    """Set what libraries read as they are loaded."""
    # Temporary folders lie in memory: DuckDB waits for the disk whenever it closes.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_scratch()))
    # Workers are as many as cores: threads of one would only wait for those of another, and burn time.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files whose tests run the whole pipeline, so that no worker is left with one."""
    long = {item.path for item in items if "place" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Return an empty data folder in which an embedded Postgres may be started.

    Not pytest's own: root's is closed to the system user that runs Postgres for root.
    """
    with _reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[str]:
    """Return the URL of the embedded Postgres that all workers of this test run share.

    TEST_POSTGRES_URL names another server, with the right to create databases, to test on its
    version.
    """
    if own := os.environ.get("TEST_POSTGRES_URL"):
        yield own
        return
    folder = _scratch() / f"customer-intelligence-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    with _counted(folder, +1):
        url = embedded.start(folder)
        # These databases die with the test run: nothing is lost if the machine dies before it.
        _run_alone(url, "alter system set fsync = off")
        _run_alone(url, "select pg_reload_conf()")
    yield url
    with _counted(folder, -1) as users:
        if users == 0:
            _discard(folder)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Return the URL of a fresh, empty Postgres database."""
    with fresh_database(postgres_server) as url:
        yield url


@contextlib.contextmanager
def fresh_database(
    postgres_server: str, name: str = "", template: str = "template0"
) -> Iterator[str]:
    """Lend a database, for fixtures that live longer than a test or want one name for all."""
    name = name or f"test_{uuid.uuid4().hex[:12]}"
    # Copying files is quicker than logging every page of the template.
    _run_alone(postgres_server, f"create database {name} template {template} strategy file_copy")
    try:
        yield f"{postgres_server.rpartition('/')[0]}/{name}"
    finally:
        _run_alone(postgres_server, f"drop database {name} with (force)")


@pytest.fixture
def postgres(postgres_url: str, tmp_path: Path) -> Warehouse:
    """Return a fresh warehouse on Postgres."""
    return open_warehouse(postgres_url, tmp_path)


@pytest.fixture
def duckdb(tmp_path: Path) -> Warehouse:
    """Return a fresh warehouse on DuckDB."""
    return open_warehouse(f"duckdb:///{tmp_path / 'warehouse.duckdb'}", tmp_path)


@pytest.fixture(params=["postgres", "duckdb"])
def warehouse(request: pytest.FixtureRequest) -> Warehouse:
    """Return a fresh warehouse; the test runs once on each engine."""
    fresh: Warehouse = request.getfixturevalue(request.param)
    return fresh


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real exports and reference data beside the project, or skip the test."""
    folder = PROJECT_ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the real exports in ../shared, which this checkout does not have")
    return folder


def _run_alone(url: str, statement: str) -> None:
    """Run a statement that Postgres allows in no transaction."""
    with dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _scratch() -> Path:
    """Return where files of tests lie: in memory if there is room, for disks forget slowly."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
    return memory if roomy else Path(tempfile.gettempdir())


@contextlib.contextmanager
def _reachable_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="customer-intelligence-", dir=_scratch()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        _discard(folder)


def _discard(folder: Path) -> None:
    embedded.stop(folder)
    shutil.rmtree(folder)


@contextlib.contextmanager
def _counted(folder: Path, step: int) -> Iterator[int]:
    """Change, under a lock, the number of workers that use the server of ``folder``."""
    descriptor = os.open(folder.with_suffix(".users"), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        users = int(file.read() or 0) + step
        file.seek(0)
        file.write(str(users))
        file.truncate()
        file.flush()
        yield users
        if users == 0:
            folder.with_suffix(".users").unlink()
