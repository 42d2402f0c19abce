"""Real servers on this machine, S3 and SFTP, a cable to them that can be cut, and a shop there."""

import asyncio
import gzip
import json
import shutil
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncssh
import fsspec
import pytest
import requests
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.loading.results import IngestResult
from orchestration.exports.organizations import Organization
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import open_warehouse

PASSWORD = "hidden-secret"
EXPORTS = {
    "orders": {"files": "orders/orders_{date}*.csv"},
    "accounts": {"files": "crm/{date}/accounts.csv", "read": {"encoding": "cp1252"}},
}
DAYS = ("2024-05-01", "2024-05-02")
HEADER = "order_id,customer_id,ordered_at,order_revenue,status\n"
IMPATIENT = '{"config_kwargs": {"read_timeout": 10, "retries": {"max_attempts": 0}}}'
TABLES = (
    "select * exclude (_loaded_at) from raw.orders order by _file, _line",
    "select * exclude (_loaded_at) from raw.accounts order by _file, _line",
    "select file, line, raw_text, reasons from quarantine.rows order by file, line",
    "select * exclude (loaded_at, version) from ops.file_loads order by load_id",
)


class S3:
    """moto's S3 server. It counts requests, and answers as many as told with an error."""

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self.port = self._server.server_port
        self.requests: list[str] = []
        self.failures = self.silence = 0
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        if self.silence:
            time.sleep(self.silence)
        if self.failures:
            self.failures -= 1
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return [b""]
        return self._app(environ, start_response)

    @contextmanager
    def checking_keys(self) -> Iterator[None]:
        """Refuse keys that no account has, as moto otherwise does not."""
        switch = f"http://127.0.0.1:{self.port}/moto-api/reset-auth"
        requests.post(switch, data="0", timeout=5)
        yield
        requests.post(switch, data="inf", timeout=5)

    def stop(self) -> None:
        self._server.shutdown()


class SFTP(asyncssh.SFTPServer):
    """asyncssh's SFTP server for one folder; its site is told of listings, and may withhold files."""

    def __init__(self, channel: Any, site: "SFTPSite") -> None:
        super().__init__(channel, chroot=str(site.folder).encode())
        self._site = site

    def scandir(self, path: bytes) -> Any:
        self._site.listings += 1
        if self._site.withheld and self._site.withheld in path:
            raise asyncssh.SFTPPermissionDenied("not yours")
        return super().scandir(path)

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if self._site.withheld and self._site.withheld in path:
            raise asyncssh.SFTPFailure("disk error")
        return super().open(path, pflags, attrs)


class Accounts(asyncssh.SSHServer):
    """One user with a password."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("shop", PASSWORD)


class Cable:
    """A relay to a server, which breaks after so many bytes from there, until it is mended."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._room: int | None = None
        self._mends_itself = False
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, room: int, *, once: bool) -> None:
        """Break every connection when so many more bytes have come from the server."""
        self._room, self._mends_itself = room, once

    def mend(self) -> None:
        self._room = None

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for source, target, is_answer in ((client, server, False), (server, client, True)):
                    threading.Thread(
                        target=self._carry, args=(source, target, is_answer), daemon=True
                    ).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not is_answer or self._room is None:
                    target.sendall(data)
                    continue
                target.sendall(data[: self._room])
                self._room -= min(len(data), self._room)
                if not self._room:
                    break
            else:
                target.shutdown(socket.SHUT_WR)
                return
        if is_answer and self._room == 0:
            self.cuts += 1
            if self._mends_itself:
                self._room = None
        for end in (source, target):
            with suppress(OSError):
                # No polite end: a reset, as by a router that loses its power.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture(scope="module")
def environment() -> Iterator[pytest.MonkeyPatch]:
    """Return a way to set environment variables for a module's tests."""
    with pytest.MonkeyPatch.context() as environment:
        yield environment


@pytest.fixture(scope="module")
def s3(environment: pytest.MonkeyPatch) -> Iterator[S3]:
    """Return an S3 server that the environment names, with its credentials."""
    server = S3()
    environment.setenv("AWS_ACCESS_KEY_ID", "shop")
    environment.setenv("AWS_SECRET_ACCESS_KEY", PASSWORD)
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    yield server
    server.stop()


class SFTPSite:
    """A running SFTP server: its folder on this machine, its port, the options to reach it."""

    def __init__(self, folder: Path) -> None:
        self.listings, self.withheld, self.password = 0, b"", PASSWORD
        self.folder = folder / "site"
        self.folder.mkdir()
        key = asyncssh.generate_private_key("ssh-ed25519")
        known_hosts = folder / "known_hosts"
        known_hosts.write_bytes(b"* " + key.export_public_key())
        self.options = json.dumps({"known_hosts": str(known_hosts), "config": None})
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listener = asyncio.run_coroutine_threadsafe(self._listen(key), self._loop).result(10)
        self.port = self._listener.get_port()

    async def _listen(self, key: asyncssh.SSHKey) -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[key],
            server_factory=Accounts,
            sftp_factory=lambda channel: SFTP(channel, self),
        )

    def url(self, port: int = 0, password: str = PASSWORD) -> str:
        return f"sftp://shop:{password}@127.0.0.1:{port or self.port}/exports"

    @contextmanager
    def withholding(self, part: bytes) -> Iterator[None]:
        """Do not hand out files whose path holds this."""
        self.withheld = part
        yield
        self.withheld = b""

    def stop(self) -> None:
        """Close the port; return only when it is closed."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._listener.close)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SFTPSite]:
    """Return an SFTP server with an empty folder."""
    site = SFTPSite(tmp_path)
    yield site
    site.stop()


class Shop:
    """An organization's exports, landed somewhere, and a warehouse of its own."""

    def __init__(self, folder: Path, url: str, options: str = "") -> None:
        self.url, self.options = url, options
        self.warehouse = open_warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}", folder)
        self.organize(**EXPORTS)
        prepare(self.warehouse)

    def organize(self, **exports: Any) -> None:
        """Map the exports."""
        self.organization = Organization.model_validate(
            {
                "organization_id": "shop",
                "name": "Shop",
                "time_zone": "UTC",
                "currency": "GBP",
                "exports": exports,
            }
        )

    def put(self, folder: Path) -> None:
        """Copy a folder of this machine to the landing."""
        # fsspec would go on using the server of the module before.
        options = {**json.loads(self.options or "{}"), "skip_instance_cache": True}
        storage, root = fsspec.url_to_fs(self.url, **options)
        for file in filter(Path.is_file, folder.rglob("*")):
            path = f"{root}/{file.relative_to(folder)}"
            storage.makedirs(path.rpartition("/")[0], exist_ok=True)
            storage.pipe_file(path, file.read_bytes())

    def load(self, export: str = "orders") -> IngestResult:
        """Load what is new, with little patience for a server that does not answer."""
        return ingest(
            self.warehouse,
            Landing(self.url, self.options, pauses=(0.05, 0.1)),
            [self.organization],
            load_contracts()[export],
            date(2024, 1, 1),
            date(2026, 12, 31),
        )

    def statuses(self) -> list[str]:
        """Load what is new of the orders and return what became of each file."""
        return [str(file.status) for file in self.load().files]

    def tables(self) -> list[list[dict[str, Any]]]:
        """Return raw tables, quarantine and ledger, but for times of loading and of files."""
        with self.warehouse.session() as session:
            return [session.query(query).to_pylist() for query in TABLES]


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a landing folder: plain and packed parts, another encoding, a row to quarantine."""
    folder = tmp_path_factory.mktemp("landed")
    (folder / "shop" / "orders").mkdir(parents=True)
    for day in DAYS:
        orders = [f"{day} {n},c{n % 7},{day} 10:00:00,{n}.50,placed\n" for n in range(40)]
        plain = HEADER + "".join(orders[:30]) + "x,c1,no time,1.00,placed\n"
        packed = gzip.compress((HEADER + "".join(orders[30:])).encode(), mtime=0)
        (folder / f"shop/orders/orders_{day}.csv").write_text(plain)
        (folder / f"shop/orders/orders_{day}_b [2].csv.gz").write_bytes(packed)
        (folder / f"shop/crm/{day}").mkdir(parents=True)
        accounts = f"customer_id,customer_name\nc{day},Café Zoë\n".encode("cp1252")
        (folder / f"shop/crm/{day}/accounts.csv").write_bytes(accounts)
    return folder


@pytest.fixture
def s3_shop(s3: S3, tmp_path: Path, landed: Path) -> Shop:
    """Return a shop in a bucket of its own."""
    shop = Shop(tmp_path, f"s3://{uuid.uuid4()}/in")
    shop.put(landed)
    s3.requests.clear()
    return shop


@pytest.fixture
def sftp_shop(sftp: SFTPSite, tmp_path: Path, landed: Path) -> Shop:
    """Return a shop on the SFTP server."""
    shop = Shop(tmp_path, sftp.url(), sftp.options)
    shutil.copytree(landed, sftp.folder / "exports")
    return shop


@pytest.fixture
def impatient(s3_shop: Shop) -> Shop:
    """Return a shop in a bucket whose server is not asked again by S3's own client."""
    s3_shop.options = IMPATIENT
    return s3_shop


@pytest.fixture(scope="session")
def new_shop() -> type[Shop]:
    """Return the helper itself, for landings without a server."""
    return Shop


@pytest.fixture(params=["s3", "sftp"])
def wired(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Shop, Cable]]:
    """Return a shop on each server with a file that takes a while, and the cable to it."""
    kind = request.param
    shop: Shop = request.getfixturevalue(f"{kind}_shop")
    server = request.getfixturevalue(kind)
    with TemporaryDirectory() as more:
        rows = (f"big {n},c{n % 97},2024-05-03 10:00:00,1.00,placed\n" for n in range(20_000))
        file = Path(more, "shop/orders/orders_2024-05-03.csv")
        file.parent.mkdir(parents=True)
        file.write_text(HEADER + "".join(rows))
        shop.put(Path(more))
    cable = Cable(server.port)
    if kind == "s3":
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{cable.port}")
        shop.options = IMPATIENT
    else:
        shop.url = server.url(cable.port)
    yield shop, cable
    cable.close()
