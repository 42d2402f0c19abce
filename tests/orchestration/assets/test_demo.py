"""What is made up for the sample says so, and goes as soon as a key is there."""

import pytest
from dagster import DagsterInstance, materialize
from pydantic import SecretStr

from orchestration.assets.demo import MADE_UP_CREDITS, build_demo_assets
from orchestration.resources import LandingResource, WarehouseResource, sample_dir
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
from tests.orchestration.enrichment.club import load, members, rows


@pytest.fixture
def sample(tmp_path):
    """Return the settings of somebody who has the sample, and no key."""
    settings = Settings(
        warehouse_url=f"duckdb:///{tmp_path / 'warehouse.duckdb'}",
        organizations_dir=tmp_path / "organizations",
        data_dir=tmp_path / "data",
        pdl_api_key=SecretStr(""),
        census_api_key=SecretStr(""),
    )
    folder = sample_dir(settings) / "organizations"
    folder.mkdir(parents=True)
    (folder / "club.yml").write_text(
        "organization_id: club\nname: Club\ntime_zone: UTC\ncurrency: USD\n"
    )
    return settings.model_copy(update={"landing_url": str(sample_dir(settings) / "landing")})


@pytest.fixture
def warehouse(sample):
    opened = open_warehouse(sample.warehouse_url, sample.data_dir)
    homes = [{"home_address": f"{n} Oak St", "home_zip_code": "60614"} for n in range(40)]
    listed = [one | home for one, home in zip(members(40), homes, strict=True)]
    load(opened, "members", listed)
    load(opened, "members", listed, organization_id="real")
    return opened


def make_up(settings):
    """Run the assets and return what each of them told."""
    with DagsterInstance.ephemeral() as instance:
        result = materialize(
            build_demo_assets(settings),
            instance=instance,
            resources={"warehouse": WarehouseResource(settings), "landing": LandingResource()},
        )
    return {
        event.asset_key.path[-1]: event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
    }


def made_up(warehouse):
    """Return how much there is of everything that is made up."""
    tables = ("enrichment_demo_answers", "demo_geocodes", "demo_census_tract")
    return [rows(warehouse, f"select count(*) as n from raw.{name}")[0]["n"] for name in tables]


def test_on_the_sample_without_a_key_answers_are_made_up_and_say_so(sample, warehouse):
    told = make_up(sample)["enrichment_demo_answers"]
    assert 0 < told["credits"].value <= MADE_UP_CREDITS
    assert rows(warehouse, "select distinct provider from raw.enrichment_demo_answers") == [
        {"provider": "demo"}
    ]
    assert rows(warehouse, "select * from raw.enrichment_person") != []


def test_nothing_is_made_up_about_others_in_the_same_warehouse(sample, warehouse):
    make_up(sample)
    for table in ("enrichment_demo_answers", "demo_geocodes"):
        told = rows(warehouse, f"select distinct organization_id as id from raw.{table}")
        assert told == [{"id": "club"}]


def test_homes_and_their_tracts_are_made_up_once_in_no_real_state(sample, warehouse):
    placed = [make_up(sample)["demo_geocodes"]["placed"].value for _ in range(2)]
    assert 30 <= placed[0] < 40
    assert placed[1] == 0
    (tracts,) = rows(
        warehouse,
        "select count(*) as homes, min(tracts.state) as first, max(tracts.state) as last "
        "from raw.demo_geocodes as homes "
        "join raw.demo_census_tract as tracts on homes.tract_id = tracts.geoid",
    )
    assert tracts == {"homes": placed[0], "first": "99", "last": "99"}


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({"landing_url": "/somewhere/else"}, [0, 0, 0]),
        ({"pdl_api_key": SecretStr("a-key")}, [0, 0, 0]),
        ({"census_api_key": SecretStr("a-key")}, [40, 0, 0]),
    ],
    ids=["other exports", "a key", "a key of the census"],
)
def test_nothing_is_made_up_about_real_customers_nor_where_somebody_can_be_asked(
    sample, warehouse, changed, left
):
    make_up(sample)
    assert 0 not in made_up(warehouse)
    make_up(sample.model_copy(update=changed))
    assert made_up(warehouse) == left
