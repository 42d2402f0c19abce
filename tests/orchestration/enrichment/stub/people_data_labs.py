"""A server that behaves as People Data Labs documents, and breaks down when told to.

What its documents leave open is decided here, each in one named place: whether a limit counts
calls or items (``counts_items``), what a failed call costs (``Fault.is_paid``), and whether headers
tell of credits (``tells_credits``, ``tells_account``).
"""

import gzip
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from orchestration.enrichment.demo.api import Said, answer, error

KEY = "a-key-that-nobody-may-read-83f1"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call.

    Attributes
    ----------
    status : answered instead of what was asked for
    is_paid : whether the call is worked on, and paid, before it goes wrong
    drops : the connection is reset instead of an answer
    cuts : share of the answer's body after which the connection is reset
    is_silent : the headers tell nothing about credits
    seconds : to wait before anything else
    rewrites : changes the content of the answer
    headers : stand in the answer, whatever the stub itself would say
    """

    status: int | None = None
    is_paid: bool = False
    drops: bool = False
    cuts: float | None = None
    is_silent: bool = False
    seconds: float = 0.0
    rewrites: Callable[[Any], Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """One call as the server had it."""

    at: float
    path: str
    items: int
    headers: dict[str, str]
    url: str


@dataclass
class Stub:
    """The server's rules, and what it remembers.

    Attributes
    ----------
    limit, window : calls or items of an endpoint that a window of so many seconds has room for
    counts_items : whether the limit counts the items of a bulk, not calls
    account : credits on the account
    tells_credits, tells_account : whether headers tell what a call cost, and what is left
    latency : seconds that every call takes
    head : from the number of a question for headers alone, its status; they are told with 400
    fault : from the number of a call, beginning with 1, and its items, what goes wrong with it
    asked, paid : how often each person or company was worked on, and paid
    """

    limit: int | None = None
    window: float = 60.0
    counts_items: bool = False
    account: int = 1_000_000
    tells_credits: bool = True
    tells_account: bool = True
    latency: float = 0.0
    fault: Callable[[int, list[str]], Fault | None] = lambda number, items: None
    asked: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    calls: list[Heard] = field(default_factory=list)
    connections: int = 0
    turned_away: int = 0
    heads: int = 0
    head: Callable[[int], int] = lambda number: 400
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def credits(self) -> int:
        """Credits that were paid in all."""
        return self.paid.total()

    def left(self, path: str, cost: int) -> tuple[int, float] | None:
        """Take ``cost`` out of the endpoint's window: what is left of it, and when it ends."""
        if self.limit is None:
            return None
        now = time.time()
        end, used = self.windows.get(path, (0.0, 0))
        if now >= end:
            end, used = now + self.window, 0
        if used + cost <= self.limit:
            used += cost
            left = self.limit - used
        else:
            left = -1
        self.windows[path] = (end, used)
        return left, end

    def work(self, said: Said, items: list[str]) -> bool:
        """Note who is asked and paid; return whether the account had the credits."""
        if said.credits > self.account:
            return False
        self.account -= said.credits
        self.asked.update(items)
        if isinstance(said.content, list):
            slots = zip(items, said.content, strict=True)
            self.paid.update(item for item, slot in slots if slot["status"] == 200)
        elif said.credits:
            self.paid[items[0]] += said.credits
        return True


@contextmanager
def serving(stub: Stub) -> Iterator[Stub]:
    """Serve on a port of this machine, told in ``stub.url``."""
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = _Server(("127.0.0.1", 0), handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that give up are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    stub: Stub

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.stub.lock:
            self.stub.connections += 1

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""

    def do_HEAD(self) -> None:
        """Tell headers alone, as the documents advise for a look at limits and credits."""
        with self.stub.lock:
            self.stub.heads += 1
            status = self.stub.head(self.stub.heads)
            told = self._credits(Said(200, {}), Fault()) if status == 400 else {}
        self.send_response(status)
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        self._play({}, query, [next(iter(query.values()))])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        questions = body.get("requests")
        items = [_who(q["params"]) for q in questions] if questions else [json.dumps(body)]
        self._play(body, {}, items)

    def _play(self, body: dict[str, Any], query: dict[str, str], items: list[str]) -> None:
        stub, path = self.stub, urlsplit(self.path).path
        time.sleep(stub.latency)
        with stub.lock:
            heard = Heard(time.time(), path, len(items), dict(self.headers), self.path)
            stub.calls.append(heard)
            fault = stub.fault(len(stub.calls), items) or Fault()
        time.sleep(fault.seconds)
        if self.headers["X-Api-Key"] != KEY:
            self._say(Said(401, error(401, "authentication_error", "Bad key.")), {})
            return
        with stub.lock:
            window = stub.left(path, len(items) if stub.counts_items else 1)
            limits = _limits(stub, window)
            if window and window[0] < 0:
                stub.turned_away += 1
                said = Said(429, error(429, "rate_limit_error", "Too many."))
            elif fault.status and not fault.is_paid:
                said = Said(fault.status, error(fault.status, "api_error", "Broken."))
            elif fault.drops and not fault.is_paid:
                self._reset()
                return
            else:
                said = answer(self.command, path, query, body)
                if not stub.work(said, items):
                    said = Said(402, error(402, "payment_required", "Nothing left."))
                elif fault.status:
                    content = error(fault.status, "api_error", "Broken.")
                    said = Said(fault.status, content, said.credits)
            headers = limits | self._credits(said, fault) | fault.headers
        if fault.drops:
            self._reset()
            return
        if fault.rewrites and said.status == 200:
            said = Said(said.status, fault.rewrites(said.content), said.credits)
        self._say(said, headers, fault.cuts)

    def _credits(self, said: Said, fault: Fault) -> dict[str, str]:
        headers: dict[str, str] = {}
        if self.stub.tells_credits and not fault.is_silent:
            headers["x-call-credits-spent"] = str(said.credits)
        if self.stub.tells_account and not fault.is_silent:
            headers["x-totallimit-remaining"] = str(self.stub.account)
        return headers

    def _say(self, said: Said, headers: dict[str, str], cuts: float | None = None) -> None:
        content = said.content if isinstance(said.content, str) else json.dumps(said.content)
        # Cut through a packed answer, and nothing of it can be told.
        is_packed = cuts is None and "gzip" in self.headers.get("Accept-Encoding", "")
        sent = gzip.compress(content.encode(), 1) if is_packed else content.encode()
        self.send_response(said.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if is_packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent if cuts is None else sent[: int(cuts * len(sent))])
        if cuts is not None:
            self.wfile.flush()
            # Let it arrive: a reset may overtake what is under way.
            time.sleep(0.05)
            self._reset()

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()


def shuffled(content: Any) -> Any:
    """Return the slots of a bulk in another order, as the documents allow."""
    return random.Random(1).sample(content, len(content))


def only(fault: Fault, *numbers: int) -> Callable[[int, list[str]], Fault | None]:
    """Let it go wrong with the calls of these numbers."""
    return lambda number, items: fault if number in numbers else None


def _limits(stub: Stub, window: tuple[int, float] | None) -> dict[str, str]:
    if window is None:
        return {}
    reset = datetime.fromtimestamp(window[1], UTC).isoformat().replace("+00:00", "Z")
    return {
        "x-ratelimit-limit": str({"minute": stub.limit, "day": None, "month": None}),
        "x-ratelimit-remaining": str({"minute": max(window[0], 0), "day": None, "month": None}),
        "x-ratelimit-reset": reset,
    }


def _who(params: dict[str, Any]) -> str:
    return str(params["email"][0])
