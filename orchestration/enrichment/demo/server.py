"""A server of made-up answers on this machine, so that enrichment can be seen without a key."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from orchestration.enrichment.demo.api import answer
from orchestration.enrichment.people_data_labs import PeopleDataLabs

DEMO = "demo"
"""Name of the provider in every table: what it says is made up."""


@contextmanager
def demo_provider() -> Iterator[PeopleDataLabs]:
    """Lend a provider whose answers are made up: the real client, on a server of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    provider = PeopleDataLabs(
        SecretStr("made up"), name=DEMO, base_url=f"http://127.0.0.1:{server.server_port}"
    )
    try:
        yield provider
    finally:
        provider.close()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet for headers and body: two wait for each other.
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer a question in the URL."""
        self._answer({})

    def do_POST(self) -> None:
        """Answer a question in the body."""
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: queries have personal data."""

    def _answer(self, body: dict[str, object]) -> None:
        url = urlsplit(self.path)
        said = answer(self.command, url.path, dict(parse_qsl(url.query)), body)
        content = json.dumps(said.content).encode()
        self.send_response(said.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-call-credits-spent", str(said.credits))
        self.end_headers()
        self.wfile.write(content)
