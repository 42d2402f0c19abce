import logging

import pytest
from dagster import DagsterInstance, materialize
from pydantic import SecretStr

from orchestration.assets.census import build_census_assets
from orchestration.partitions import census_partitions, weekly_partitions
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from tests.orchestration.enrichment.census.bureau import KEY, serving
from tests.orchestration.enrichment.census.conftest import connect, small_bureau
from tests.orchestration.enrichment.census.homes import outcomes, settle

YEAR = "2026-03-01"
PARTITIONS = {"geocodes": "2024-04-01", "census_tract": YEAR}


@pytest.fixture
def club(duckdb, tmp_path):
    """Return the settings of a club with two members and a key of the Census Bureau."""
    settle(duckdb, {"m1": ("oak", "12 Oak St"), "m2": ("vista", "79 Wistful Vista")})
    return Settings(warehouse_url=duckdb.url, data_dir=tmp_path, census_api_key=KEY)


@pytest.fixture
def bureau():
    with serving(small_bureau()) as answering:
        yield answering


@pytest.fixture
def history():
    with DagsterInstance.ephemeral() as instance:
        yield instance


def run(settings, bureau, history, name):
    weeks = weekly_partitions(settings.first_export_date)
    assets = build_census_assets(settings, weeks, census_partitions(), connect(bureau).servers)
    return materialize(
        assets,
        selection=[asset for asset in assets if asset.key.path[-1] == name],
        partition_key=PARTITIONS[name],
        resources={"warehouse": WarehouseResource(settings)},
        instance=history,
        raise_on_error=False,
    )


def metadata(result, name):
    (event,) = result.asset_materializations_for_node(f"raw__{name}")
    return event.metadata


def said(history, result):
    """Return all that Dagster stored of a run, as text."""
    return "".join(repr(entry) for entry in history.all_logs(result.run_id))


def test_homes_are_geocoded_with_the_questions_of_the_week(club, duckdb, bureau, history):
    result = run(club, bureau, history, "geocodes")
    assert result.success
    assert outcomes(duckdb) == {"oak": "Match", "vista": "No_Match"}
    told = metadata(result, "geocodes")
    assert (told["asked"].value, told["found"].value) == (2, 1)
    assert "| club" in told["organizations"].value


def test_a_year_of_the_census_asks_for_the_vintage_of_two_years_before(
    club, duckdb, bureau, history
):
    run(club, bureau, history, "geocodes")
    told = metadata(run(club, bureau, history, "census_tract"), "census_tract")
    assert {name: told[name].value for name in ("vintage", "counties", "tracts")} == {
        "vintage": 2024,
        "counties": 1,
        "tracts": 2,
    }
    with duckdb.session() as session:
        days = session.query("select distinct known_from from raw.census_tract")["known_from"]
    assert [str(day) for day in days.to_pylist()] == [YEAR]


@pytest.mark.parametrize("name", PARTITIONS)
def test_without_a_key_nothing_is_asked_and_one_sentence_says_why(club, bureau, history, name):
    keyless = club.model_copy(update={"census_api_key": SecretStr("")})
    result = run(keyless, bureau, history, name)
    assert result.success
    assert not result.get_asset_materialization_events()
    assert said(history, result).count("set CENSUS_API_KEY") == 1
    assert bureau.asked == []


def test_a_refused_key_fails_with_one_sentence_that_does_not_hold_it(club, bureau, history, caplog):
    caplog.set_level(logging.DEBUG)
    run(club, bureau, history, "geocodes")
    wrong = club.model_copy(update={"census_api_key": SecretStr("wrong-key")})
    result = run(wrong, bureau, history, "census_tract")
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert (
        "refuses the key in CENSUS_API_KEY"
        in failed.step_failure_data.user_failure_data.description
    )
    assert "wrong-key" not in said(history, result) + caplog.text
    written = [file for file in club.data_dir.rglob("*") if file.is_file()]
    assert club.warehouse_url.removeprefix("duckdb:///") in map(str, written)
    assert [file for file in written if b"wrong-key" in file.read_bytes()] == []
    assert any("key=wrong-key" in path for path in bureau.asked)


def test_before_the_first_build_a_sentence_says_what_to_run(duckdb, tmp_path, bureau, history):
    empty = Settings(warehouse_url=duckdb.url, data_dir=tmp_path, census_api_key=KEY)
    result = run(empty, bureau, history, "geocodes")
    assert not result.success
    assert "by `customer-intelligence run`" in said(history, result)
