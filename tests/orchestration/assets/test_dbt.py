import json
from datetime import date

import pytest
from dagster import AssetKey
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration.assets.dbt import (
    RECENT_DAYS,
    Translator,
    dbt_args,
    failure_sentence,
    first_loaded_day,
    recent_test_days,
)
from orchestration.assets.manifest import manifest_path
from orchestration.exports.tables.preparing import prepare


def variables(args):
    return json.loads(args[args.index("--vars") + 1])


def test_without_a_day_metrics_speak_of_the_newest_export_date():
    assert variables(dbt_args()) == {"as_of": "", "test_days": ""}


def test_a_day_reaches_dbt_as_an_iso_date():
    assert variables(dbt_args(as_of=date(2024, 3, 1))) == {"as_of": "2024-03-01", "test_days": ""}


def test_unit_tests_are_left_to_ci():
    args = dbt_args()
    assert args[args.index("--exclude-resource-type") + 1] == "unit_test"


def test_a_full_refresh_is_asked_for_only_when_wanted():
    assert "--full-refresh" in dbt_args(full_refresh=True)
    assert "--full-refresh" not in dbt_args()


@pytest.fixture(scope="module")
def manifest(new_club, tmp_path_factory):
    settings = new_club(tmp_path_factory.mktemp("club"))
    return json.loads(manifest_path(settings).read_text())


def test_a_source_is_the_export_asset_of_its_name(manifest):
    spec = Translator().get_asset_spec(manifest, "source.customer_intelligence.raw.bookings", None)
    assert spec.key == AssetKey(["raw", "bookings"])


def test_a_model_is_keyed_and_grouped_by_its_schema(manifest):
    spec = Translator().get_asset_spec(
        manifest, "model.customer_intelligence.customer_metrics", None
    )
    assert (spec.key, spec.group_name) == (AssetKey(["marts", "customer_metrics"]), "marts")
    assert list(spec.owners) == ["team:data"]


def test_every_data_test_of_dbt_is_a_check_of_an_asset(manifest):
    tests = [name for name, node in manifest["nodes"].items() if node["resource_type"] == "test"]
    assert len(tests) > 200
    translator = Translator()
    assert [
        test
        for test in tests
        if get_asset_check_key_for_test(manifest, translator, test, None) is None
    ] == []


def results(*outcomes):
    return json.dumps(
        {"results": [{"unique_id": u, "status": s, "message": m} for u, s, m in outcomes]}
    )


def test_a_failed_test_is_named_with_its_reason(tmp_path):
    (tmp_path / "run_results.json").write_text(
        results(
            ("model.customer_intelligence.fct_orders", "success", "OK"),
            ("test.customer_intelligence.unique_orders.a1b2", "fail", "Got 3 results,\n want 0"),
        )
    )
    assert failure_sentence(tmp_path) == "dbt test unique_orders failed: Got 3 results, want 0"


def test_further_failures_are_counted(tmp_path):
    (tmp_path / "run_results.json").write_text(
        results(*[(f"model.customer_intelligence.m{n}", "error", "no") for n in range(3)])
    )
    assert failure_sentence(tmp_path) == "dbt model m0 failed: no (2 more failed)"


def test_dbt_that_stopped_early_points_to_its_log(tmp_path):
    assert str(tmp_path / "dbt.log") in failure_sentence(tmp_path)


@pytest.mark.parametrize(
    ("tags", "day"),
    [
        ({"dagster/partition": "2024-03-09"}, date(2024, 3, 9)),
        ({"dagster/asset_partition_range_start": "2024-03-01"}, date(2024, 3, 1)),
        ({}, None),
    ],
)
def test_the_first_day_that_a_run_loads_is_in_its_tags(tags, day):
    assert first_loaded_day(tags) == day


def test_after_a_recent_day_tests_look_at_a_week_and_after_anything_else_at_all_rows(warehouse):
    prepare(warehouse)
    assert recent_test_days(warehouse, date(2024, 3, 9)) is None
    with warehouse.session() as session:
        session.execute("insert into ops.file_loads (export_date) values ('2024-03-09')")
    assert recent_test_days(warehouse, date(2024, 3, 9)) == RECENT_DAYS
    assert recent_test_days(warehouse, date(2024, 3, 3)) == RECENT_DAYS
    assert recent_test_days(warehouse, date(2024, 3, 2)) is None
    assert recent_test_days(warehouse, None) is None
