"""The whole pipeline on a small club, through Dagster."""

from pathlib import Path

import pytest
from dagster import AssetSelection, DagsterInstance

from orchestration.definitions import build_definitions
from orchestration.partitions import range_tags
from orchestration.warehouse import open_warehouse

METRICS = "select * from marts.customer_metrics order by customer_id"
BROKEN = "booking_id,member_id,begins,revenue,status\nb91,m1,2024-03-04,1.00,attended\n"


@pytest.fixture(scope="module")
def club(new_club, place):
    """Return the settings of a club that many tests run and none changes for the next."""
    return new_club(place)


@pytest.fixture(scope="module")
def first_run(club):
    """Return the outcome of the club's first run."""
    return run(club)


@pytest.fixture(scope="module")
def refused_run(club, first_run):
    """Return the outcome of a run over a delivery that lacks a required column, gone afterwards."""
    file = Path(club.landing_url) / "small_club" / "bookings" / "bookings_2024-03-04.csv"
    file.write_text(BROKEN)
    before = query(club, METRICS)
    refused = run(club)
    assert query(club, METRICS) == before
    file.unlink()
    return refused


def run(settings, selection=None, **config):
    """Run the daily job over March, or selected assets without dbt's tests, in its own history."""
    job = build_definitions(settings).resolve_job_def("daily")
    if selection:
        graph = job.asset_layer.asset_graph
        selected = selection.required_multi_asset_neighbors().resolve(graph)
        selected &= job.asset_layer.executable_asset_keys
        loaded = {key for key in selected if key.path[0] == "raw"}
        checks = {check for check in graph.asset_check_keys if check.asset_key in loaded}
        job = job.get_subset(asset_selection=selected, asset_check_selection=checks)
    with DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance,
            tags=range_tags("2024-03-01", "2024-03-31"),
            run_config=config,
            raise_on_error=False,
        )


def query(settings, sql):
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    with warehouse.session() as session:
        return session.query(sql).to_pylist()


def revenue(settings):
    return [row["total_revenue"] for row in query(settings, METRICS)]


def materialized(result):
    return [
        event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
    ]


def test_a_range_of_days_is_loaded_and_modelled_in_one_run(club, first_run):
    assert first_run.success
    assert revenue(club) == [60, 15]


def test_each_day_of_the_range_is_a_materialized_partition(first_run):
    bookings = [m.partition for m in materialized(first_run) if m.asset_key.path[1] == "bookings"]
    assert len(bookings) == 31


def test_models_are_materialized_once_and_without_partition(first_run):
    (metrics,) = [m for m in materialized(first_run) if m.asset_key.path[1] == "customer_metrics"]
    assert metrics.partition is None


def test_each_day_shows_what_it_loaded(first_run):
    rows = {
        m.partition: m.metadata["rows_loaded"].value
        for m in materialized(first_run)
        if m.asset_key.path[1] == "bookings" and "rows_loaded" in m.metadata
    }
    assert rows == {"2024-03-01": 2, "2024-03-02": 2, "2024-03-03": 2}


def test_contract_quarantine_duplicates_and_deliveries_are_checked(first_run):
    checks = {
        event.check_name: event.passed
        for event in first_run.get_asset_check_evaluations()
        if event.asset_key.path == ["raw", "bookings"]
    }
    assert checks == dict.fromkeys(
        ["contract", "quarantine", "duplicate_lines", "freshness", "volume", "schema_drift"], True
    )


def test_the_password_of_the_warehouse_is_in_no_run_configuration(first_run):
    assert "warehouse" not in first_run.dagster_run.run_config.get("resources", {})


def test_dbt_sends_no_usage_statistics(club, first_run):
    # The log begins anew at 10 MB, and keeps what it held in files beside it.
    logs = (club.data_dir / "dbt" / "duckdb").glob("dbt_models-*/dbt.log*")
    assert any('"send_anonymous_usage_stats": "False"' in log.read_text() for log in logs)


@pytest.fixture(scope="module")
def run_of_a_past_day(club, first_run):
    """Return the outcome of a run over the same files, as of a past day; it makes metrics alone."""
    metrics = AssetSelection.assets("marts/customer_metrics").upstream()
    return run(club, metrics, ops={"dbt_models": {"config": {"as_of": "2024-03-02"}}})


def test_a_second_run_loads_nothing(run_of_a_past_day):
    assert run_of_a_past_day.success
    (bookings,) = [
        m
        for m in materialized(run_of_a_past_day)
        if m.asset_key.path[1] == "bookings" and m.partition == "2024-03-02"
    ]
    assert bookings.metadata["files_unchanged"].value == 1


def test_metrics_speak_of_the_day_that_the_run_names(club, run_of_a_past_day):
    assert revenue(club) == [30, 10]


def test_a_refused_delivery_stops_what_lies_downstream(refused_run):
    assert not refused_run.success
    assert {m.asset_key.path[0] for m in materialized(refused_run)} == {"raw"}


def test_a_refused_delivery_fails_its_asset_with_one_clear_sentence(refused_run):
    (failure,) = [event for event in refused_run.all_events if event.is_step_failure]
    sentence = failure.step_failure_data.user_failure_data.description
    assert "bookings_2024-03-04.csv" in sentence
    assert len(sentence.splitlines()) == 1


def test_a_refused_delivery_is_judged_all_the_same(refused_run):
    (drift,) = [
        event
        for event in refused_run.get_asset_check_evaluations()
        if event.asset_key.path == ["raw", "bookings"] and event.check_name == "schema_drift"
    ]
    assert "begins stands in the place of starts_at" in drift.metadata["problems"].value
