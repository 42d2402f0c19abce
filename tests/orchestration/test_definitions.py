import os
import subprocess
import sys

import pytest
from dagster import AssetKey, BackfillPolicy

from orchestration.assets.manifest import DbtProjectError
from orchestration.definitions import build_definitions
from orchestration.settings import PROJECT_ROOT, Settings

EXPORTS = ("accounts", "bookings", "members", "order_lines", "orders")

# Fails on whatever changes the world: writing a file, connecting anywhere, starting a program.
WATCHED_LOAD = """
import os, sys
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def watch(event, arguments):
    if event == "open" and arguments[2] & WRITING and arguments[0] != os.devnull:
        raise RuntimeError(f"writes {arguments[0]}")
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir", "os.rename"):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(watch)
from orchestration.definitions import defs
definitions = defs.load_definitions() if hasattr(defs, "load_definitions") else defs()
print(len(definitions.resolve_all_asset_keys()))
"""


@pytest.fixture(scope="module")
def definitions(new_club, tmp_path_factory):
    return build_definitions(new_club(tmp_path_factory.mktemp("club")))


def specs(definitions):
    return {spec.key: spec for spec in definitions.resolve_all_asset_specs()}


def test_every_contract_has_an_asset_of_the_same_name_as_its_table(definitions):
    assert {AssetKey(["raw", export]) for export in EXPORTS} <= set(specs(definitions))


@pytest.mark.parametrize(
    "key", ["star/dim_customer", "star/fct_orders", "marts/customer_metrics", "marts/top20_summary"]
)
def test_models_are_assets_keyed_by_schema_and_name(definitions, key):
    assert AssetKey(key.split("/")) in specs(definitions)


def test_every_asset_of_ours_has_group_owner_kind_and_description(definitions):
    bare = [
        spec.key
        for spec in specs(definitions).values()
        if spec.key.path[0] != "ops"
        and not (spec.group_name and spec.owners and spec.kinds and spec.description)
    ]
    assert bare == []


def test_staging_models_depend_on_the_export_assets(definitions):
    graph = definitions.resolve_asset_graph()
    assert (
        AssetKey(["raw", "bookings"])
        in graph.get(AssetKey(["staging", "stg_bookings"])).parent_keys
    )


def test_the_daily_job_runs_every_asset_that_no_job_of_its_own_runs(definitions):
    jobs = {
        name: definitions.resolve_job_def(name).asset_layer.selected_asset_keys
        for name in ("daily", "weekly_enrichment", "yearly_census")
    }
    every = [key for keys in jobs.values() for key in keys]
    assert len(every) == len(set(every))
    assert set(every) == definitions.resolve_asset_graph().executable_asset_keys
    assert AssetKey(["raw", "enrichment_answers"]) in jobs["weekly_enrichment"]
    assert AssetKey(["raw", "geocodes"]) in jobs["weekly_enrichment"]
    assert AssetKey(["raw", "census_tract"]) in jobs["yearly_census"]


def test_a_backfill_of_the_daily_job_is_one_run(definitions):
    assert definitions.resolve_job_def("daily").backfill_policy == BackfillPolicy.single_run()


def test_models_have_no_partitions(definitions):
    assert specs(definitions)[AssetKey(["star", "fct_orders"])].partitions_def is None


def test_all_steps_share_the_pool_that_keeps_runs_apart(definitions):
    job = definitions.resolve_job_def("daily")
    assert {node.definition.pool for node in job.nodes} == {"warehouse"}


def test_error_tests_of_dbt_are_checks(definitions):
    checks = definitions.resolve_asset_graph().asset_check_keys
    assert [key for key in checks if key.asset_key == AssetKey(["marts", "customer_metrics"])]


def test_loading_writes_nothing_connects_nowhere_and_starts_nothing(settings):
    environment = {
        **os.environ,
        "DATA_DIR": str(settings.data_dir),
        "WAREHOUSE_URL": settings.warehouse_url,
        "LANDING_URL": "s3://nowhere",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    loaded = subprocess.run(
        [sys.executable, "-c", WATCHED_LOAD],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    assert int(loaded.stdout) > len(EXPORTS)


def test_a_missing_manifest_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(DbtProjectError, match="customer-intelligence run"):
        build_definitions(Settings(data_dir=tmp_path))
