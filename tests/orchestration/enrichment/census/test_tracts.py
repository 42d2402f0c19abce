import pytest

from orchestration.enrichment.census.geocoding import geocode_homes
from orchestration.enrichment.census.survey import County
from orchestration.enrichment.census.tracts import complete_tracts
from orchestration.enrichment.provider import KeyRefused, ProviderError
from tests.orchestration.enrichment.census.conftest import COOK, NEAR_NORTH, connect, tract
from tests.orchestration.enrichment.census.homes import DAY, NOON, settle


@pytest.fixture
def geocoded(duckdb, connection):
    """Return a warehouse with a member in a known county."""
    settle(duckdb, {"m1": ("oak", "12 Oak St"), "m2": ("vista", "79 Wistful Vista")})
    geocode_homes(duckdb, connection, without_consents=True, not_found_days=90)
    return duckdb


def complete(warehouse, connection, vintage: int = 2024) -> dict[County, int]:
    return complete_tracts(warehouse, connection, vintage, DAY, now=lambda: NOON)


def rows(warehouse, sql: str) -> list[dict[str, object]]:
    with warehouse.session() as session:
        return session.query(sql).to_pylist()


def test_all_tracts_of_the_counties_where_customers_live_are_there(geocoded, connection):
    assert complete(geocoded, connection) == {County(*COOK): 2}
    tracts = rows(geocoded, "select * from raw.census_tract order by geoid")
    assert [row["geoid"] for row in tracts] == ["17031010100", "17031010201"]
    assert (tracts[0]["vintage"], tracts[0]["known_from"]) == (2024, DAY)
    assert (tracts[0]["population"], tracts[0]["median_age"]) == (100, 35.6)
    assert tracts[0]["geometry"].startswith('{"type":"Polygon","coordinates":[[[-87.0,41.0]')
    assert tracts[0]["land_area_m2"] == 1_000_000


def test_what_is_there_is_not_asked_for_again(geocoded, bureau, connection):
    complete(geocoded, connection)
    asked = len(bureau.asked)
    assert complete(geocoded, connection) == {}
    assert len(bureau.asked) == asked


def test_another_vintage_stands_beside_it(geocoded, connection):
    complete(geocoded, connection)
    complete(geocoded, connection, vintage=2023)
    counts = rows(
        geocoded, "select vintage, count(*) as tracts from raw.census_tract group by 1 order by 1"
    )
    assert counts == [{"vintage": 2023, "tracts": 2}, {"vintage": 2024, "tracts": 2}]


def test_answers_are_kept_whole_before_they_are_used(geocoded, bureau, connection):
    bureau.tracts["99", "001", "000100"] = bureau.tracts.pop(NEAR_NORTH)
    bureau.tracts = {place: numbers for place, numbers in bureau.tracts.items() if place[0] == "99"}
    bureau.tracts[NEAR_NORTH] = tract(B01003_001E="many")
    for _ in range(2):
        with pytest.raises(ProviderError, match="no number for B01003_001E"):
            complete(geocoded, connection)
    kept = rows(geocoded, "select body from raw.census_answers")
    assert len(kept) == 1
    assert "many" in kept[0]["body"]
    assert sum("/acs5" in path for path in bureau.asked) == 1


def test_a_run_that_failed_goes_on_where_it_stopped(geocoded, bureau, connection):
    bureau.faults.extend(["", *["503"] * 4])
    with pytest.raises(ProviderError, match="tract_500k"):
        complete(geocoded, connection)
    assert rows(geocoded, "select * from raw.census_tract") == []
    assert complete(geocoded, connection) == {County(*COOK): 2}
    assert sum("/acs5" in path for path in bureau.asked) == 1


def test_a_refused_key_leaves_nothing_behind(geocoded, bureau):
    with pytest.raises(KeyRefused):
        complete(geocoded, connect(bureau, "wrong"))
    assert rows(geocoded, "select * from raw.census_answers") == []


def test_without_homes_nothing_is_asked_for(duckdb, bureau, connection):
    settle(duckdb, {})
    assert complete(duckdb, connection) == {}
    assert bureau.asked == []
