"""The key travels in a header, and is nowhere else; of what breaks off, all that came is kept."""

import contextlib
import gzip
import json
import logging
import socket
import threading
import time
import traceback

import pytest
from pydantic import SecretStr

from orchestration.enrichment.people_data_labs.endpoints import PersonBulk
from orchestration.enrichment.people_data_labs.wire import Delivery, Route, Wire
from orchestration.enrichment.provider import KeyRefused, ProviderError, Unavailable
from tests.orchestration.enrichment.conftest import Labs
from tests.orchestration.enrichment.people_data_labs.people import email, people
from tests.orchestration.enrichment.stub.ledger import Ledger
from tests.orchestration.enrichment.stub.people_data_labs import KEY, Fault, Stub


def test_the_key_is_sent_in_its_header_alone(labs: Labs) -> None:
    stub, client = labs()
    Ledger(100).ask(client, people(10))
    (call,) = stub.calls
    assert [name for name, value in call.headers.items() if KEY in value] == ["X-Api-Key"]
    assert KEY not in call.url


@pytest.mark.parametrize(
    "fault",
    [Fault(status=401), Fault(status=503), Fault(status=302), Fault(drops=True), Fault(cuts=0.5)],
)
def test_neither_key_nor_persons_are_in_logs_errors_or_descriptions(
    labs: Labs, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    _, client = labs(Stub(fault=lambda *_: fault), patience=0.1)
    told = [repr(client), str(vars(client))]
    with caplog.at_level(logging.DEBUG):
        try:
            Ledger(1000).ask(client, people(200))
        except ProviderError:
            told.append(traceback.format_exc())
    said = "\n".join([caplog.text, *told])
    assert "urllib3" in caplog.text
    assert KEY not in said
    assert email(0) not in said


LIST = json.dumps([{"status": 200, "metadata": {"row": str(row)}} for row in range(500)]).encode()
HALF = len(LIST) // 2
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"\r\n" + chunk(LIST[:HALF]),
        CHUNKED + b"\r\n%x\r\n" % len(LIST) + LIST[:HALF],
        CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunk(gzip.compress(LIST)[:-200]),
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LIST) + LIST[:HALF],
        b"HTTP/1.0 200 OK\r\n\r\n" + LIST[:HALF],
    ],
    ids=["between chunks", "in a chunk", "packed", "of a length", "of no length"],
)
def test_of_a_body_that_breaks_off_in_any_way_what_came_is_there(sent: bytes) -> None:
    delivery = delivered(sent)
    assert delivery.status == 200
    assert len(delivery.text) > HALF / 4
    assert LIST.startswith(delivery.text.encode())
    requests = people(80)
    parts, worth = PersonBulk(80, 2).read(requests, delivery)
    assert [part.request for part in parts] == requests
    assert worth is None


def test_an_answer_that_drips_is_cut_off() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"
    delivery = delivered(head, drips=True)
    assert not delivery.whole
    assert delivery.problem == "the answer took too long"


def test_an_answer_without_end_is_cut_off() -> None:
    packed = CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunk(gzip.compress(LIST * 200))
    delivery = delivered(packed, longest=10 * len(LIST))
    assert delivery.problem == "the answer was too long"
    assert len(delivery.text) < 100 * len(LIST)


@pytest.mark.parametrize("odd", ["\n", "\r\nX-Other: 1", "\N{EN DASH}", "\0"])
def test_a_key_that_can_be_none_is_refused_without_being_shown(odd: str) -> None:
    with pytest.raises(KeyRefused, match="PDL_API_KEY") as refused:
        Wire("https://127.0.0.1", SecretStr(KEY + odd + KEY), connections=1)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("url", ["", "api.example.com/v5", "ftp://api.example.com", "https:///v5"])
def test_an_address_that_is_none_is_told_before_anything_is_asked(url: str) -> None:
    with pytest.raises(Unavailable, match="PDL_URL"):
        Wire(url, SecretStr(KEY), connections=1)


def delivered(sent: bytes, *, drips: bool = False, longest: int = 1 << 20) -> Delivery:
    """Return what becomes of an answer of these bytes, after which the connection ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def play() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(1 << 16)
                connection.sendall(sent)
                while drips:
                    connection.sendall(b" ")
                    time.sleep(0.02)

        thread = threading.Thread(target=play)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        wire = Wire(url, SecretStr(KEY), connections=1, deadline=0.2, longest=longest)
        delivery = wire.send(Route("GET", "/"))
        wire.close()
        thread.join()
    return delivery
