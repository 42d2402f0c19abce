"""The embedded Postgres: its start, its repair after crashes, its secrets."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import WarehouseError, embedded, open_warehouse
from orchestration.warehouse.embedded import account

START = (
    "import sys; from pathlib import Path; from orchestration.warehouse import embedded; "
    "print(embedded.start(Path(sys.argv[1])))"
)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has Postgres run by another user")


def start_elsewhere(data_dir: Path) -> str:
    """Start the server in another process and return the URL that it prints."""
    result = subprocess.run(
        [sys.executable, "-c", START, str(data_dir)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return result.stdout.strip()


def running(data_dir: Path) -> embedded.Status:
    status = embedded.status(data_dir)
    assert status is not None
    return status


def refusal_for_nobody(data_dir: Path) -> str:
    """Start the server as an ordinary user and return what the error says."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(pwd.getpwnam("nobody").pw_uid)
        try:
            embedded.start(data_dir)
        except WarehouseError as error:
            os.write(writer, str(error).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as message:
        return message.read()


def kill(data_dir: Path) -> None:
    psutil.Process(running(data_dir).pid).kill()


def write_row(data_dir: Path) -> None:
    with open_warehouse("", data_dir).session() as session:
        session.create_schema("raw")
        session.create_table("raw", "kept", pa.schema({"number": pa.int64()}))
        session.ingest("raw", "kept", pa.table({"number": [42]}))


def read_rows(data_dir: Path) -> list[int]:
    with open_warehouse("", data_dir).session() as session:
        rows: list[int] = session.query("select number from raw.kept")["number"].to_pylist()
    return rows


def test_the_server_outlives_the_process_that_started_it(data_dir: Path) -> None:
    url = start_elsewhere(data_dir)
    assert running(data_dir).url == url
    assert embedded.start(data_dir) == url


def test_it_listens_on_the_loopback_address_alone(data_dir: Path) -> None:
    embedded.start(data_dir)
    process = psutil.Process(running(data_dir).pid)
    listening = [c.laddr for c in process.net_connections("all") if c.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_a_wrong_password_is_refused_and_not_shown(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(WarehouseError, match="password authentication failed") as refusal:
        open_warehouse(url.replace(password, "letmein"), data_dir)
    assert "letmein" not in str(refusal.value)


def test_the_password_stands_in_a_private_file_and_nowhere_else(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    status = running(data_dir)
    file = status.home / "password"
    assert file.stat().st_mode & 0o777 == 0o600
    assert status.home.stat().st_mode & 0o777 == 0o700
    assert file.read_text() in url
    assert file.read_text() not in (status.home / "server.log").read_text()
    assert file.read_text() not in "".join(psutil.Process(status.pid).cmdline())


def test_commits_survive_a_killed_server(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    write_row(data_dir)
    kill(data_dir)
    assert read_rows(data_dir) == [42]
    assert running(data_dir).url == url


def test_a_pid_file_that_names_an_unrelated_process_is_stale(data_dir: Path) -> None:
    embedded.start(data_dir)
    write_row(data_dir)
    kill(data_dir)
    while embedded.status(data_dir):
        time.sleep(0.01)
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert embedded.status(data_dir) is None
    assert embedded.stop(data_dir) is False
    assert read_rows(data_dir) == [42]


def test_a_creation_that_was_cut_off_begins_again(data_dir: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(data_dir)], cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL
    )
    home = data_dir / "postgres"
    while not list(home.glob("unfinished.*/*")):
        assert process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert not (home / "cluster").exists()
    write_row(data_dir)
    assert read_rows(data_dir) == [42]
    assert not list(home.glob("unfinished.*"))


def test_processes_that_start_it_at_once_share_one_server(data_dir: Path) -> None:
    with ThreadPoolExecutor() as pool:
        urls = list(pool.map(start_elsewhere, [data_dir] * 3))
    assert set(urls) == {running(data_dir).url}


def test_a_port_that_someone_took_is_chosen_anew(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    port = int(url.rpartition(":")[2].partition("/")[0])
    assert embedded.stop(data_dir)
    with socket.create_server(("127.0.0.1", port)):
        assert embedded.start(data_dir) != url


def test_the_port_stays_the_same_from_start_to_start(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    assert embedded.stop(data_dir)
    assert embedded.start(data_dir) == url


def test_stopping_says_whether_there_was_anything_to_stop(data_dir: Path) -> None:
    assert embedded.stop(data_dir) is False
    embedded.start(data_dir)
    assert embedded.stop(data_dir) is True
    assert embedded.status(data_dir) is None
    assert embedded.stop(data_dir) is False


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    embedded.start(data_dir)
    cluster = data_dir / "postgres" / "cluster"
    embedded.stop(data_dir)
    with (cluster / "postgresql.auto.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'plenty'\n")
    with pytest.raises(WarehouseError, match=r"does not start: .*see .*server\.log"):
        embedded.start(data_dir)


@as_root
def test_root_keeps_the_cluster_elsewhere_when_the_data_folder_is_closed(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    try:
        url = embedded.start(closed)
        home = running(closed).home
        assert home.is_relative_to(account.SYSTEM_HOME)
        assert (closed / "postgres").readlink() == home
        assert closed.stat().st_mode & 0o777 == 0o700
        assert start_elsewhere(closed) == url
    finally:
        embedded.stop(closed)
        shutil.rmtree((closed / "postgres").resolve())


@as_root
def test_root_gives_the_server_a_copy_of_binaries_that_its_user_cannot_reach(
    data_dir: Path,
) -> None:
    copy = data_dir / "copy"
    account.copy_binaries(account.wheel(), copy)
    moved = account.Account(account.SYSTEM_USER, data_dir, copy / account.BINARIES)
    assert moved.run("initdb", "--version").returncode == 0
    assert moved.run("postgres", "--version").stdout.startswith("postgres (PostgreSQL) 18")


@as_root
def test_an_ordinary_user_runs_the_server_as_themselves(data_dir: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(data_dir, nobody, -1)
    # A fork, because that user may be unable to reach root's interpreter.
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setuid(nobody)
        os._exit(embedded.start(data_dir) == "")
    assert os.waitpid(child, 0)[1] == 0
    status = running(data_dir)
    assert psutil.Process(status.pid).uids().real == nobody
    assert embedded.start(data_dir) == status.url
    assert embedded.stop(data_dir) is True


@as_root
def test_a_cluster_of_another_user_is_refused_with_a_way_out(data_dir: Path) -> None:
    embedded.start(data_dir)
    (data_dir / "postgres.lock").chmod(0o666)
    assert "belongs to another user" in refusal_for_nobody(data_dir)


@as_root
def test_a_data_folder_that_may_not_be_written_to_is_named(data_dir: Path) -> None:
    refusal = refusal_for_nobody(data_dir)
    assert refusal.startswith(f"Cannot write to the data folder {data_dir} (Permission denied)")
