"""A Census Bureau on this machine: a real server that answers, fails and stalls as theirs do."""

import csv
import io
import json
import socket
import struct
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import shapefile

KEY = "abc123-census"
PAGE_ABOUT_THE_KEY = "/data/invalid_key.html"
OUTAGE = "There was an error while running your query.  We've logged the error and we'll correct it"
MOST_VARIABLES = 50
# Where the stub's addresses are: longitude, latitude, state, county, tract and block.
Place = tuple[str, str, str, str, str, str]


@dataclass
class Bureau:
    """What the stub knows, what it was asked, and what goes wrong next.

    Attributes
    ----------
    tracts : variables by state, county and tract, as text or null
    places : where streets are; all others match nothing
    ties : streets that are in several places
    faults : names of what happens to the next requests, in turn: reset, empty, cut, outage, or a
        status
    asked : path and query of every request
    batches : rows of every batch of addresses
    """

    tracts: dict[tuple[str, str, str], dict[str, str | None]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    ties: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    faults: deque[str] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    batches: list[list[list[str]]] = field(default_factory=list)
    url: str = ""

    def survey(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == PAGE_ABOUT_THE_KEY:
            return 200, {"Content-Type": "text/html"}, b"<h1>Invalid Key</h1>"
        if query.get("key") != KEY:
            headers = {"Location": PAGE_ABOUT_THE_KEY, "X-DataWebAPI-KeyError": "1"}
            return 302, headers, b""
        names = query["get"].split(",")
        if len(names) > MOST_VARIABLES:
            return 400, {"Content-Type": "text/plain"}, b"error: exceeded 50 variables"
        place = dict(part.split(":") for part in query["in"].split())
        found = {
            place_: values
            for place_, values in self.tracts.items()
            if place_[:2] == (place["state"], place["county"])
        }
        if not found:
            return 204, {}, b""
        for name in names:
            if any(name not in values for values in found.values()):
                text = f"error: unknown variable '{name}'"
                return 400, {"Content-Type": "text/plain"}, text.encode()
        rows = [[*(values[name] for name in names), *key] for key, values in found.items()]
        answer = [[*names, "state", "county", "tract"], *rows]
        return (
            200,
            {"Content-Type": "application/json"},
            json.dumps(answer, ensure_ascii=False).encode(),
        )

    def file(self, path: str) -> tuple[int, dict[str, str], bytes]:
        name = path.rpartition("/")[2]
        state = name.split("_")[2]
        if not any(place[0] == state for place in self.tracts):
            return 404, {"Content-Type": "text/html"}, b"<h1>Not Found</h1>"
        return 200, {"Content-Type": "application/zip"}, shapes(name[:-4], state, [*self.tracts])

    def geocode(self, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        parts = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
        }
        assert parts["benchmark"] == b"Public_AR_Current", parts
        assert parts["vintage"] == b"Current_Current", parts
        rows = list(csv.reader(io.StringIO(parts["addressFile"].decode())))
        self.batches.append(rows)
        # Later rows first: an answer has an order of its own.
        answered = [row for row in reversed(rows) if row[1] not in self.forgotten]
        return 200, {"Content-Type": "text/plain"}, "\n".join(map(self._line, answered)).encode()

    def _line(self, row: list[str]) -> str:
        number, street = row[:2]
        fields = [number, ", ".join(row[1:])]
        if street in self.places:
            longitude, latitude, *tract = self.places[street]
            matched = [street.upper(), f"{longitude},{latitude}", "59653655", "R", *tract]
            fields += ["Match", "Exact", *matched]
        else:
            fields.append("Tie" if street in self.ties else "No_Match")
        return ",".join(f'"{value}"' for value in fields)


def shapes(name: str, state: str, places: list[tuple[str, str, str]]) -> bytes:
    """Return a cartographic file: each tract a square with a hole, or two squares."""
    parts = {part: io.BytesIO() for part in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts) as writer:
        for column in ("STATEFP", "COUNTYFP", "TRACTCE", "GEOID", "NAME"):
            writer.field(column, "C", 20)
        writer.field("ALAND", "N", 14)
        writer.field("AWATER", "N", 14)
        for number, place in enumerate(p for p in places if p[0] == state):
            writer.poly(_rings(-87.0 + number, 41.0))
            writer.record(*place, "".join(place), place[2], 1_000_000 + number, 5)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for part, content in parts.items():
            zipped.writestr(f"{name}.{part}", content.getvalue())
    return file.getvalue()


def _rings(x: float, y: float) -> list[list[tuple[float, float]]]:
    outer = [(x, y), (x, y + 0.5), (x + 0.5, y + 0.5), (x + 0.5, y), (x, y)]
    hole = [(x + 0.1, y + 0.1), (x + 0.2, y + 0.1), (x + 0.2, y + 0.2), (x + 0.1, y + 0.1)]
    return [outer, hole]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bureau: Bureau

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        is_file = url.path.startswith("/geo/")
        self._answer(
            *(self.bureau.file(url.path) if is_file else self.bureau.survey(url.path, query))
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(*self.bureau.geocode(self.headers["Content-Type"], body))

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.bureau.asked.append(self.path)
        fault = self.bureau.faults.popleft() if self.bureau.faults else ""
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        if fault.isdigit():
            status, headers, body = int(fault), {"Content-Type": "text/html"}, b"<h1>Sorry</h1>"
        elif fault == "outage":
            status, headers, body = 200, {"Content-Type": "text/html"}, OUTAGE.encode()
        elif fault == "empty":
            body = b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "cut":
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(body)


@contextmanager
def serving(bureau: Bureau) -> Iterator[Bureau]:
    """Let the bureau answer on a free port of this machine."""
    handler = type("Handler", (_Handler,), {"bureau": bureau})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        bureau.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield bureau
        finally:
            server.shutdown()
            thread.join()
