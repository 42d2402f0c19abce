"""The server process: found, started, stopped."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_manager
import psutil
from adbc_driver_postgresql import dbapi

from orchestration.warehouse.embedded import cluster
from orchestration.warehouse.embedded.account import Account, account_for
from orchestration.warehouse.errors import WarehouseError

# Replaying the log after a crash in the middle of a bulk load takes its time.
_SECONDS_TO_START = 300
_SECONDS_FOR_ORPHANS = 30
_TRIES = 3


@dataclass(frozen=True)
class Status:
    """A running server: URL with password, process id, folder of data, password and log."""

    url: str
    pid: int
    home: Path


def start(data_dir: Path) -> str:
    """Return the URL of the running server of ``data_dir``, after starting it if need be.

    Raises
    ------
    WarehouseError
        When it cannot be created or does not start; the message ends with the server's own words.
    """
    with _alone(data_dir):
        account = account_for(data_dir)
        cluster.ensure(account)
        _ensure_answer(account)
        return cluster.url(account)


def stop(data_dir: Path) -> bool:
    """Stop the server of ``data_dir`` and return True, or False if none runs.

    Raises
    ------
    WarehouseError
        When it does not stop within a minute.
    """
    if not _has_cluster(data_dir):
        return False
    with _alone(data_dir):
        account = account_for(data_dir)
        if _postmaster(account) is None:
            return False
        reason = _pg_ctl(account, "stop", "--mode=fast", "--wait", "--timeout=60")
    if reason:
        raise WarehouseError(f"The embedded Postgres in {account.home} does not stop: {reason}.")
    return True


def status(data_dir: Path) -> Status | None:
    """Return what runs for ``data_dir``, None if nothing does."""
    if not _has_cluster(data_dir):
        return None
    account = account_for(data_dir)
    process = _postmaster(account)
    if process is None:
        return None
    return Status(cluster.url(account), process.pid, account.home)


def _has_cluster(data_dir: Path) -> bool:
    return (data_dir / "postgres").exists()


def _start(account: Account) -> None:
    for _ in range(_TRIES):
        _clear_remains(account)
        cluster.configure(account)
        reason = _pg_ctl(
            account,
            "start",
            "--wait",
            f"--timeout={_SECONDS_TO_START}",
            f"--log={cluster.log_file(account)}",
        )
        if not reason or _postmaster(account) is not None:
            return
        # Somebody took the port after it was found free: the next try chooses another.
    log = cluster.log_file(account)
    words = log.read_text(errors="replace").splitlines()[-1:] if log.exists() else [reason]
    raise WarehouseError(
        f"The embedded Postgres in {account.home} does not start: {' '.join(words)}; see {log}."
    )


def _ensure_answer(account: Account) -> None:
    """Start the server where none runs.

    One that runs may be in a start that another process began and did not live to see, which is
    waited for, or about to end, so that the question is asked each time.
    """
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        if _postmaster(account) is None:
            _start(account)
        reason = _refusal(account)
        if not reason:
            return
        if "authentication" in reason or time.monotonic() > deadline:
            raise WarehouseError(
                f"The embedded Postgres in {account.home} runs but refuses connections: {reason}."
            )
        time.sleep(0.1)


def _refusal(account: Account) -> str:
    """Connect and return why the server refuses, empty where it does not."""
    try:
        dbapi.connect(f"{cluster.url(account)}?connect_timeout=10").close()
    except adbc_driver_manager.Error as error:
        return str(error).strip()
    return ""


def _pg_ctl(account: Account, action: str, *options: str) -> str:
    """Run pg_ctl and return why it failed, empty where it did not."""
    result = account.run(
        "pg_ctl", action, "--silent", "--pgdata", str(cluster.folder(account)), *options
    )
    if result.returncode == 0:
        return ""
    return (result.stderr.strip() or result.stdout.strip() or "no message").splitlines()[-1]


def _postmaster(account: Account) -> psutil.Process | None:
    """Return the cluster's server process, None where the pid file is absent or stale."""
    pid_file = cluster.folder(account) / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n")[0]))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if _serves(process, cluster.folder(account)) else None


def _clear_remains(account: Account) -> None:
    """After a kill -9: wait for orphaned backends, then drop a pid file that names a stranger.

    Postgres itself refuses to start beside either, and is right to as long as backends are alive.
    """
    folder = cluster.folder(account)
    deadline = time.monotonic() + _SECONDS_FOR_ORPHANS
    while any(_serves(process, folder) for process in psutil.process_iter()):
        if time.monotonic() > deadline:
            raise WarehouseError(
                f"Processes of a crashed Postgres still use {folder}; end them and run again."
            )
        time.sleep(0.1)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _serves(process: psutil.Process, folder: Path) -> bool:
    """Tell a process of this cluster by its program and working folder: pids are used again."""
    try:
        return (
            process.name() == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == folder
        )
    except psutil.Error:
        return False


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Hold the lock under which the server of ``data_dir`` is created, started and stopped."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = (data_dir / "postgres.lock").open("w")
    except OSError as error:
        raise WarehouseError(
            f"Cannot write to the data folder {data_dir} ({error.strerror}); "
            "set DATA_DIR to a folder of your own."
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
