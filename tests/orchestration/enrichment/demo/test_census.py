import json
from datetime import date

import pyarrow as pa
import pytest

from orchestration.enrichment.census.tables import CENSUS_TRACT, DEMO_GEOCODES
from orchestration.enrichment.demo.census import homes, tracts

DAY = date(2024, 3, 31)


def places(*addresses):
    """Return where addresses are."""
    asked = [{"organization_id": "club", "known_from": DAY, "address": one} for one in addresses]
    as_exported = pa.schema(list(DEMO_GEOCODES)[:6])
    return homes(pa.Table.from_pylist(asked, as_exported)).to_pylist()


def test_a_home_lies_in_its_tract():
    shapes = {tract["geoid"]: json.loads(tract["geometry"]) for tract in surveyed()}
    found = places(*(f"{number} Oak St" for number in range(500)))
    assert 400 < len(found) < 500
    assert len({home["tract_id"] for home in found}) > 50
    for home in found:
        (ring,) = shapes[home["tract_id"]]["coordinates"]
        (west, south), (east, north) = ring[0], ring[2]
        assert west <= home["longitude"] <= east
        assert south <= home["latitude"] <= north


def test_spellings_of_an_address_are_one_place():
    found = places("9 Elm St", "9  ELM st.", " 9 elm-st")
    assert len({(home["longitude"], home["latitude"]) for home in found}) == 1


@pytest.mark.parametrize("nothing", [None, "", " . "])
def test_no_address_is_nowhere(nothing):
    assert places(nothing) == []


def surveyed():
    survey = tracts(vintage=2022, known_from=DAY)
    assert survey.schema == CENSUS_TRACT
    return survey.to_pylist()


def test_numbers_of_a_tract_fit_together():
    for tract in surveyed():
        assert tract["name"].startswith("Made-up")
        assert tract["population"] > tract["adults_25_and_over"] > tract["adults_with_degree"] > 0
        assert tract["households"] >= tract["occupied_homes"] > tract["owner_occupied_homes"] > 0
        assert None not in tract.values()
