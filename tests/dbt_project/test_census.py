"""Homes from the exports to the star: geocoded by a bureau on this machine, surveyed, known as of a day."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest

from orchestration.enrichment.census.geocoding import geocode_homes
from orchestration.enrichment.census.tables import CENSUS_TRACT, DEMO_GEOCODES
from orchestration.enrichment.census.tracts import complete_tracts
from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.pipeline import Pipeline
from tests.orchestration.enrichment.census.bureau import Bureau, serving
from tests.orchestration.enrichment.census.conftest import LAKE_VIEW, NEAR_NORTH, connect, tract

MODELS = "+dim_customer"
MADE_UP = "99001000100"
MEMBERS = "member_id,name,join_date,status,home_address,home_zip_code"


@pytest.fixture(scope="module")
def club(engine: str, pipelines: Pipelines) -> Iterator[Pipeline]:
    """Return a club of which one member moved, one lives nowhere known, and one did not consent."""
    bureau = Bureau(
        tracts={
            NEAR_NORTH: tract(B01003_001E="4000", B19013_001E="250001", B15003_001E="0"),
            LAKE_VIEW: tract(B19013_001E="-666666666", B25003_001E="300"),
        },
        places={
            "12 OAK ST": ("-87.640501", "41.910009", *NEAR_NORTH, "1002"),
            "1 Elm St": ("-87.65", "41.94", *LAKE_VIEW, "2000"),
        },
    )
    with pipelines.empty(engine) as pipeline, serving(bureau):
        pipeline.add_organization(
            "club", "currency: USD\nexports:\n  members: {delivery: snapshot}\n  consents: {}\n"
        )
        first_list = f"""{MEMBERS}
            m1,Ann,2023-01-01,active,"12 OAK ST, Chicago, IL",60614"""
        pipeline.deliver("club", "members", "2024-02-23", first_list)
        pipeline.deliver(
            "club",
            "members",
            "2024-03-01",
            f"""{MEMBERS}
            m1,Ann,2023-01-01,active,"12 OAK ST, Chicago, IL",60614
            m2,Bob,2023-01-01,active,99 Nowhere Rd,60614
            m3,Cyd,2023-01-01,active,1 Elm St,60614""",
        )
        pipeline.load()
        pipeline.dbt("run", "--select", MODELS)
        _ask(pipeline, bureau)
        _make_up(pipeline, "99 Nowhere Rd", "1 Elm St")
        pipeline.deliver(
            "club",
            "members",
            "2024-03-08",
            f"""{MEMBERS}
            m1,Ann,2023-01-01,active,1 elm st.,60614-1234
            m2,Bob,2023-01-01,active,99 Nowhere Rd,60614
            m3,Cyd,2023-01-01,active,1 Elm St,60614
            m4,Dan,2024-03-05,active,"12 Oak St  Chicago, IL",60614""",
        )
        pipeline.deliver(
            "club",
            "consents",
            "2024-03-08",
            """customer_id,purpose,granted,recorded_at
            m1,enrichment,true,2024-03-07T10:00:00Z
            m2,enrichment,true,2024-03-07T10:00:00Z
            m3,enrichment,false,2024-03-07T10:00:00Z
            m4,enrichment,true,2024-03-07T10:00:00Z""",
        )
        pipeline.load()
        # Tests of tables that are not built here have nothing to look at.
        whole = ("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test")
        pipeline.dbt("build", *whole, "--select", MODELS)
        yield pipeline


def _ask(pipeline: Pipeline, bureau: Bureau) -> None:
    connection = connect(bureau)
    geocode_homes(pipeline.warehouse, connection, without_consents=True, not_found_days=90)
    complete_tracts(pipeline.warehouse, connection, 2022, date(2024, 3, 1))


def _make_up(pipeline: Pipeline, *addresses: str) -> None:
    """Place addresses in a made-up tract of five inhabitants."""
    known = {"organization_id": "club", "known_from": date(2024, 3, 1)}
    place = {"zip_code": "60614", "longitude": -87.7, "latitude": 41.8, "tract_id": MADE_UP}
    homes = [{**known, **place, "address": address} for address in addresses]
    tract = {"vintage": 2022, "known_from": date(2024, 3, 1), "geoid": MADE_UP, "population": 5}
    codes = {"state": MADE_UP[:2], "county": MADE_UP[2:5], "tract": MADE_UP[5:]}
    with pipeline.warehouse.session() as session:
        session.ingest("raw", "demo_geocodes", pa.Table.from_pylist(homes, DEMO_GEOCODES))
        session.ingest(
            "raw", "demo_census_tract", pa.Table.from_pylist([tract | codes], CENSUS_TRACT)
        )


def homes(pipeline: Pipeline) -> list[tuple[object, ...]]:
    return pipeline.rows(
        "select customer_id, valid_from, home_tract_id, tract_population from star.dim_customer "
        "where customer_type = 'member' order by 1, 2"
    )


def test_a_customer_has_the_tract_of_the_address_of_that_time(club: Pipeline) -> None:
    first, second, third = date(2024, 2, 23), date(2024, 3, 1), date(2024, 3, 8)
    assert homes(club) == [
        ("m1", first, "17031010100", 4000),
        ("m1", third, "17031010201", 100),
        ("m2", second, MADE_UP, 5),
        ("m3", second, None, None),
        ("m4", third, "17031010100", 4000),
    ]


def test_tracts_have_shares_where_they_can_be_told(club: Pipeline) -> None:
    found = club.rows(
        "select tract_id, median_household_income, is_median_household_income_top_coded, degree_percent, "
        "owner_percent from star.dim_census_tract where not is_made_up order by 1"
    )
    assert found == [
        ("17031010100", 250_001, True, None, 100.0),
        ("17031010201", None, None, 400.0, pytest.approx(100 / 3)),
    ]


def test_what_is_made_up_says_so_and_stands_behind_what_is_not(club: Pipeline) -> None:
    told = "select distinct tract_id, is_made_up from "
    expected = [("17031010100", False), ("17031010201", False), (MADE_UP, True)]
    for table in ("staging.int_home_places", "star.dim_census_tract"):
        assert club.rows(f"{told}{table} order by 1") == expected


def test_a_day_before_the_answers_came_knows_nothing_of_them(club: Pipeline) -> None:
    club.dbt("run", "--select", MODELS, as_of="2024-02-23")
    assert homes(club) == [("m1", date(2024, 2, 23), None, None)]
    assert club.rows("select * from star.dim_census_tract") == []
