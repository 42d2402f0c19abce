"""A county of two tracts and a few streets, at a Census Bureau on this machine."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from orchestration.enrichment.census.connection import Connection, Servers
from orchestration.enrichment.census.measures import MEASURES
from tests.orchestration.enrichment.census.bureau import KEY, Bureau, serving

COOK = ("17", "031")
NEAR_NORTH, LAKE_VIEW = (*COOK, "010100"), (*COOK, "010201")


def tract(**numbers: str | None) -> dict[str, str | None]:
    """Return the variables of a tract: 100 each but for those given."""
    variables = [name for measure in MEASURES for name in measure.variables]
    return {
        "NAME": "Census Tract 1; Cook County; Illinois",
        **dict.fromkeys(variables, "100"),
        **numbers,
    }


def small_bureau() -> Bureau:
    """Return what a Census Bureau knows of the county and its streets."""
    return Bureau(
        tracts={
            NEAR_NORTH: tract(B01002_001E="35.6", B19013_001E="250001"),
            LAKE_VIEW: tract(B19013_001E="-666666666", B19013_001M="-222222222", B25077_001E=None),
        },
        places={"12 Oak St": ("-87.640001", "41.910009", *NEAR_NORTH, "1002")},
        ties={"1 Main St"},
    )


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    """Return a Census Bureau that answers."""
    with serving(small_bureau()) as answering:
        yield answering


def connect(bureau: Bureau, key: str = KEY) -> Connection:
    """Return a connection to the bureau that does not wait before it asks again."""
    servers = Servers(survey=bureau.url, files=bureau.url, geocoder=bureau.url)
    return Connection(SecretStr(key), servers, pause=0)


@pytest.fixture
def connection(bureau: Bureau) -> Connection:
    """Return a connection to the bureau with its key."""
    return connect(bureau)
