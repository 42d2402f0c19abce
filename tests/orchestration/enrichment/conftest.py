"""A stub of People Data Labs on a real socket, and clients of it that lose patience soon."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.enrichment.people_data_labs import PeopleDataLabs
from tests.orchestration.enrichment.stub.people_data_labs import KEY, Stub, serving

Labs = Callable[..., tuple[Stub, PeopleDataLabs]]


@pytest.fixture
def labs() -> Iterator[Labs]:
    """Return a function that starts a stub and returns it with a client of it.

    Its arguments are the client's; ``stub`` is the stub's rules.
    """
    with ExitStack() as stack:

        def start(stub: Stub | None = None, **manner: Any) -> tuple[Stub, PeopleDataLabs]:
            running = stack.enter_context(serving(stub or Stub()))
            quick = {"backoff": 0.01, "patience": 5.0, "read_timeout": 2.0} | manner
            client = PeopleDataLabs(SecretStr(KEY), **({"base_url": running.url} | quick))
            stack.callback(client.close)
            return running, client

        yield start
