from datetime import date

from orchestration.enrichment.demo.settling import settle
from orchestration.exports.tables.preparing import prepare
from tests.orchestration.enrichment.club import DAY, load, rows

ALL = ["club"]
HOMES = [{"member_id": f"m{n}", "home_address": f"{n} Oak St"} for n in range(20)]


def places(warehouse):
    """Return since when which addresses have a place."""
    found = rows(warehouse, "select known_from, address from raw.demo_geocodes order by address")
    return [(row["known_from"], row["address"]) for row in found]


def test_whoever_has_a_place_keeps_it_and_the_others_get_one(warehouse):
    load(warehouse, "members", HOMES[:10])
    first = settle(warehouse, ALL, without_consents=True)
    kept = places(warehouse)
    assert 0 < len(kept) == first < 10
    assert {day for day, _ in kept} == {DAY}
    load(warehouse, "members", HOMES, day=date(2024, 4, 1))
    second = settle(warehouse, ALL, without_consents=True)
    assert second > 0
    assert set(kept) < set(places(warehouse))
    assert len(places(warehouse)) == first + second
    assert settle(warehouse, ALL, without_consents=True) == 0


def test_of_customers_who_allow_nothing_nothing_is_made_up(duckdb):
    load(duckdb, "members", HOMES)
    assert settle(duckdb, ALL, without_consents=False) == 0
    assert places(duckdb) == []


def test_an_empty_warehouse_stays_empty(duckdb):
    prepare(duckdb)
    assert settle(duckdb, ALL, without_consents=True) == 0
    assert rows(duckdb, "select * from raw.demo_census_tract") == []
