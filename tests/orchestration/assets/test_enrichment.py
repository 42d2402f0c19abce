"""The weekly questions through Dagster, to a server on a socket."""

import logging
from datetime import date

import pytest
from dagster import AssetKey, DagsterInstance, materialize
from pydantic import SecretStr

from orchestration.assets.enrichment import WITHOUT_KEY, build_enrichment_asset
from orchestration.partitions import weekly_partitions
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
from tests.orchestration.enrichment.club import load, members, rows
from tests.orchestration.enrichment.stub.people_data_labs import KEY, Fault, Stub, serving

WEEK = "2024-03-04"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "data").mkdir()
    return Settings(
        warehouse_url=f"duckdb:///{tmp_path / 'warehouse.duckdb'}",
        landing_url=str(tmp_path / "landing"),
        organizations_dir=tmp_path / "organizations",
        data_dir=tmp_path / "data",
        pdl_api_key=SecretStr(KEY),
        # The stub knows no minimum, and lets matches below it be paid.
        enrichment_minimum_likelihood=2,
    )


@pytest.fixture
def warehouse(settings):
    opened = open_warehouse(settings.warehouse_url, settings.data_dir)
    load(opened, "members", members(40))
    return opened


def run(settings, instance, *, selection=None, **config):
    return materialize(
        [build_enrichment_asset(settings, weekly_partitions(date(2024, 1, 1)))],
        instance=instance,
        selection=selection,
        partition_key=WEEK,
        resources={"warehouse": WarehouseResource(settings)},
        run_config={"ops": {"raw__enrichment": {"config": config}}},
        raise_on_error=False,
    )


def ephemeral_run(settings, **config):
    with DagsterInstance.ephemeral() as instance:
        result = run(settings, instance, **config)
        said = [entry.user_message for entry in instance.all_logs(result.run_id)]
    return result, said


def metadata(result, table="enrichment_answers"):
    (found,) = [
        event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key == AssetKey(["raw", table])
    ]
    return {name: value.value for name, value in found.metadata.items()}


def test_without_a_key_the_assets_are_skipped_with_one_sentence(settings, warehouse):
    keyless = settings.model_copy(update={"pdl_api_key": SecretStr("")})
    result, said = ephemeral_run(keyless)
    assert result.success
    assert result.get_asset_materialization_events() == []
    assert [line for line in said if "Nobody" in line or "did not" in line] == [WITHOUT_KEY]


def test_a_run_tells_what_it_found_and_what_it_cost(settings, warehouse):
    with serving(Stub()) as stub:
        result, said = ephemeral_run(settings.model_copy(update={"pdl_url": stub.url}))
    assert result.success
    told = metadata(result)
    assert told["credits"] == stub.credits > 0
    assert told["credits_left"] == settings.enrichment_credits_per_run - stub.credits
    assert told["match_percent"] == pytest.approx(100 * stub.credits / 40)
    assert (
        sum(int(line.split("|")[2]) for line in told["likelihood"].splitlines()[2:]) == stub.credits
    )
    assert any(line.startswith("club: 40 of 40 due") for line in said)
    assert len(rows(warehouse, "select * from raw.enrichment_person")) == stub.credits


def test_checks_see_credits_that_run_out_and_customers_that_wait(settings, warehouse):
    with serving(Stub()) as stub:
        poor = settings.model_copy(update={"pdl_url": stub.url, "enrichment_credits_per_run": 5})
        result, _ = ephemeral_run(poor)
    passed = {e.check_name: e.passed for e in result.get_asset_check_evaluations()}
    assert result.success
    assert passed == {"match_rate": True, "budget": False, "stale_share": False}


def test_before_anything_is_loaded_there_is_nobody_to_ask_for(settings):
    with serving(Stub()) as stub:
        result, _ = ephemeral_run(settings.model_copy(update={"pdl_url": stub.url}))
    assert result.success
    assert stub.calls == []


def test_a_dry_run_asks_nobody(settings, warehouse):
    with serving(Stub()) as stub:
        result, said = ephemeral_run(
            settings.model_copy(update={"pdl_url": stub.url}), dry_run=True
        )
    assert result.success
    assert stub.calls == []
    assert any("would cost 40 credits at most" in line for line in said)


def test_rows_can_be_read_anew_without_asking(settings, warehouse):
    with serving(Stub()) as stub:
        labs = settings.model_copy(update={"pdl_url": stub.url})
        ephemeral_run(labs)
        with warehouse.session() as session:
            session.execute("delete from raw.enrichment_person")
        result, _ = ephemeral_run(labs, selection=[AssetKey(["raw", "enrichment_person"])])
        assert len(stub.calls) == 1
    assert [str(e.asset_key.path[-1]) for e in result.get_asset_materialization_events()] == [
        "enrichment_person"
    ]
    assert len(rows(warehouse, "select * from raw.enrichment_person")) == stub.credits


def test_the_key_is_found_nowhere_after_runs_that_fail(settings, warehouse, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    home = tmp_path / "dagster"
    home.mkdir()

    def broken(number, items):
        return Fault(status=500) if number == 1 else Fault(drops=True, is_paid=True)

    refused = Stub(fault=lambda number, items: Fault(status=401))
    with DagsterInstance.local_temp(str(home)) as instance:
        for stub in (refused, Stub(fault=lambda n, items: broken(n, items) if n < 4 else None)):
            with serving(stub):
                result = run(settings.model_copy(update={"pdl_url": stub.url}), instance)
            said = [str(entry) for entry in instance.all_logs(result.run_id)]
            assert KEY not in "".join(said)
            if stub is refused:
                (failed,) = [e for e in result.all_events if e.is_step_failure]
                assert "PDL_API_KEY" in failed.step_failure_data.user_failure_data.description
    assert KEY not in caplog.text
    assert KEY not in repr(settings)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


def test_a_key_that_can_be_none_fails_in_a_sentence_without_it(settings, warehouse):
    odd = settings.model_copy(update={"pdl_api_key": SecretStr(f"{KEY}\n{KEY}")})
    with DagsterInstance.ephemeral() as instance:
        result = run(odd, instance)
        said = "".join(str(entry) for entry in instance.all_logs(result.run_id))
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert "PDL_API_KEY" in failed.step_failure_data.user_failure_data.description
    assert KEY not in said
