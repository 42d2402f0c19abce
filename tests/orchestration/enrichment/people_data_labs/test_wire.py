"""The key travels in a header, and is nowhere else."""

import logging
import traceback

import pytest

from orchestration.enrichment.provider import ProviderError
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
