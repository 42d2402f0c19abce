"""The cluster's files: created once, whole or not at all, and configured for one small machine."""

import os
import re
import secrets
import shutil
import socket
from pathlib import Path

import psutil

from orchestration.warehouse.embedded.account import Account
from orchestration.warehouse.errors import WarehouseError

HOST = "127.0.0.1"
NAME = "customer_intelligence"
# Below the ports that systems hand out by themselves, away from other Postgres servers' 5432.
_PORTS = range(15432, 25432)
_CONFIGURATION = "customer_intelligence.conf"
_SMALL_SHARED_MEMORY = 1 << 30


def folder(account: Account) -> Path:
    """Return the cluster's folder (PGDATA)."""
    return account.home / "cluster"


def log_file(account: Account) -> Path:
    """Return where the server writes its log."""
    return account.home / "server.log"


def url(account: Account) -> str:
    """Return the connection URL, with the password."""
    password = _password_file(account).read_text()
    return f"postgresql://{NAME}:{password}@{HOST}:{port(account)}/{NAME}"


def port(account: Account) -> int | None:
    """Return the port that the configuration names, None before there is one."""
    configuration = folder(account) / _CONFIGURATION
    found = configuration.exists() and re.search(
        r"^port = (\d+)$", configuration.read_text(), re.MULTILINE
    )
    return int(found[1]) if found else None


def ensure(account: Account) -> None:
    """Create the cluster with its user, password and database, unless it is there.

    Raises
    ------
    WarehouseError
        When one of Postgres's programs fails; the message ends with its own words.
    """
    cluster = folder(account)
    if cluster.exists():
        return
    # A crash leaves an unfinished folder, never a half cluster under the final name; a fresh name
    # each time keeps out of the way of an initdb that outlived its parent.
    for remains in account.home.glob("unfinished.*"):
        shutil.rmtree(remains, ignore_errors=True)
    unfinished = account.home / f"unfinished.{secrets.token_hex(4)}"
    _write_password(account)
    _must(
        account,
        "initdb",
        *("--pgdata", str(unfinished), "--username", NAME),
        *("--auth", "scram-sha-256", "--pwfile", str(_password_file(account))),
        # Text sorts by code point, as in DuckDB, whatever the machine's own locale.
        *("--encoding", "UTF8", "--locale", "C"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    )
    with (unfinished / "postgresql.conf").open("a") as configuration:
        configuration.write(f"include = '{_CONFIGURATION}'\n")
    (unfinished / _CONFIGURATION).touch(mode=0o600)
    account.give(unfinished / _CONFIGURATION)
    _must(
        account,
        "postgres",
        *("--single", "-D", str(unfinished), "postgres"),
        text_in=f"create database {NAME}\n",
    )
    unfinished.rename(cluster)


def configure(account: Account) -> None:
    """Write the settings, with the port of last time unless someone else listens there now."""
    chosen = port(account)
    while chosen is None or not _is_free(chosen):
        chosen = secrets.choice(_PORTS)
    lines = [f"{name} = {value}" for name, value in _settings(chosen).items()]
    unfinished = folder(account) / f"{_CONFIGURATION}.unfinished"
    unfinished.write_text("\n".join(lines) + "\n")
    unfinished.chmod(0o600)
    account.give(unfinished)
    unfinished.replace(folder(account) / _CONFIGURATION)


def _settings(chosen_port: int) -> dict[str, object]:
    megabytes = psutil.virtual_memory().total >> 20
    return {
        "port": chosen_port,
        "listen_addresses": f"'{HOST}'",
        # TCP with the password is the only way in.
        "unix_socket_directories": "''",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # The machine is shared with the pipeline, dbt and whatever else the laptop does.
        "shared_buffers": f"'{min(megabytes // 8, 2048)}MB'",
        "effective_cache_size": f"'{megabytes // 2}MB'",
        # Few sessions, each with large hash joins and sorts.
        "work_mem": f"'{max(4, min(megabytes // 64, 128))}MB'",
        "maintenance_work_mem": f"'{max(64, min(megabytes // 32, 512))}MB'",
        "max_connections": 50,
        # Whole tables are rebuilt: without standbys, filling a new table needs no WAL at all.
        "wal_level": "minimal",
        "max_wal_senders": 0,
        # Bulk loads would otherwise force a checkpoint every few seconds.
        "max_wal_size": "'4GB'",
        "checkpoint_timeout": "'15min'",
        # Compiling costs more than it saves in queries of seconds.
        "jit": "off",
        # Disks are SSDs.
        "random_page_cost": 1.1,
        "dynamic_shared_memory_type": _shared_memory(),
    }


def _shared_memory() -> str:
    """Containers give /dev/shm 64 MB, which a parallel hash join outgrows: then files must do."""
    try:
        roomy = shutil.disk_usage("/dev/shm").total >= _SMALL_SHARED_MEMORY  # noqa: S108
    except OSError:
        roomy = True  # not Linux: shared memory is no folder there
    return "posix" if roomy else "mmap"


def _is_free(candidate: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Postgres does: connections of a server just stopped are no one's listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, candidate))
        except OSError:
            return False
    return True


def _password_file(account: Account) -> Path:
    return account.home / "password"


def _write_password(account: Account) -> None:
    path = _password_file(account)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(24))
    account.give(path)


def _must(account: Account, program: str, *arguments: str, text_in: str = "") -> None:
    result = account.run(program, *arguments, text_in=text_in)
    if result.returncode != 0:
        words = result.stderr.strip().splitlines() or ["no message"]
        raise WarehouseError(
            f"Postgres's {program} failed in {account.home}: {words[-1]}; "
            "check the disk's free space and the folder's owner."
        )
