import subprocess
import sys
from datetime import date

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    BackfillPolicy,
    DagsterInstance,
    DailyPartitionsDefinition,
    Definitions,
    MaterializeResult,
    asset,
    define_asset_job,
)
from dagster._core.instance.ref import InstanceRef

from orchestration.sensors import range_tags
from orchestration.settings import PROJECT_ROOT

DAYS = DailyPartitionsDefinition(date(2024, 1, 1).isoformat(), end_date="2025-01-01")


@asset(
    partitions_def=DAYS,
    backfill_policy=BackfillPolicy.single_run(),
    check_specs=[AssetCheckSpec("plausible", asset="measured")],
)
def measured() -> MaterializeResult:
    return MaterializeResult(check_results=[AssetCheckResult(check_name="plausible", passed=True)])


@asset(deps=[measured])
def modelled() -> None: ...


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("history"))
    reference = InstanceRef.from_dir(folder, config_dir=str(PROJECT_ROOT))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DAGSTER_HOME", folder)
        environment.setenv("DAGSTER_EVENT_BATCH_SIZE", "100")
        with DagsterInstance.from_ref(reference) as instance:
            yield instance


@pytest.fixture(scope="module")
def run(history):
    job = Definitions([measured, modelled], jobs=[define_asset_job("year")]).resolve_job_def("year")
    return job.execute_in_process(instance=history, tags=range_tags("2024-01-01", "2024-12-31"))


def test_every_day_of_a_year_is_materialized(history, run):
    assert len(history.get_materialized_partitions(AssetKey("measured"))) == 366


def test_every_event_of_a_batch_stands_in_the_log_of_its_run(history, run):
    materializations = [
        record
        for record in history.all_logs(run.run_id)
        if record.is_dagster_event
        and record.dagster_event.is_step_materialization
        and record.dagster_event.asset_key == AssetKey("measured")
    ]
    assert [m.dagster_event.partition for m in materializations] == DAYS.get_partition_keys()


def test_the_newest_materialization_is_that_of_the_last_day(history, run):
    event = history.get_latest_materialization_event(AssetKey("measured"))
    assert event.dagster_event.partition == "2024-12-31"


def test_a_check_of_a_year_is_one_execution(history, run):
    executions = history.event_log_storage.get_asset_check_execution_history(
        AssetCheckKey(AssetKey("measured"), "plausible"), limit=10
    )
    assert [execution.status.value for execution in executions] == ["SUCCEEDED"]


def test_an_asset_without_partitions_is_planned_once(history, run):
    planned = [
        event.dagster_event.asset_key.to_user_string()
        for event in history.all_logs(run.run_id)
        if event.is_dagster_event
        and event.dagster_event.is_asset_materialization_planned
        and event.dagster_event.asset_key == AssetKey("modelled")
    ]
    assert planned == ["modelled"]


def test_processes_that_open_a_new_history_at_once_all_can_read_it(tmp_path):
    code = (
        "from orchestration.event_history import BulkSqliteStorage;"
        f"BulkSqliteStorage.from_local({str(tmp_path)!r}).run_storage.get_runs()"
    )
    starts = [subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT_ROOT) for _ in range(4)]
    assert [start.wait() for start in starts] == [0, 0, 0, 0]
