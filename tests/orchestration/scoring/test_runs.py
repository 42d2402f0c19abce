import json
from dataclasses import replace
from datetime import date

import pytest

from orchestration.scoring.runs import ModelRun, record_runs, untrained_run
from orchestration.warehouse import Warehouse

DAY = date(2024, 3, 1)
RUN = ModelRun(
    organization_id="club",
    model="churn",
    scored_as_of=DAY,
    model_name="logistic_regression",
    model_version="2024-03-01-abc",
    trained_as_of=DAY,
    is_champion=True,
    reason="the first version",
    window_start=date(2023, 1, 1),
    window_end=DAY,
    data_hash="0a",
    parameters={"horizon_days": 90, "first_cutoff": date(2023, 1, 31)},
    metrics={"auc": 0.8, "ece": None},
    scored_rows=3,
)


@pytest.fixture
def runs(warehouse: Warehouse) -> Warehouse:
    """Return a warehouse with an empty table of runs."""
    with warehouse.session() as session:
        session.create_schema("ops")
        session.execute(
            "create table ops.model_runs (organization_id text, model text, scored_as_of date, "
            "model_name text, model_version text, trained_as_of date, is_champion boolean, "
            "reason text, window_start date, window_end date, data_hash text, parameters text, "
            "metrics text, scored_rows bigint, finished_at timestamptz)"
        )
    return warehouse


def on_record(warehouse: Warehouse) -> list[dict[str, object]]:
    with warehouse.session() as session:
        return session.query("select * from ops.model_runs order by model_version").to_pylist()


def test_a_run_says_what_it_knew_and_was_worth(runs: Warehouse) -> None:
    with runs.session() as session:
        record_runs(session, "club", "churn", DAY, [RUN])
    (run,) = on_record(runs)
    assert json.loads(str(run["metrics"])) == {"auc": 0.8, "ece": None}
    assert json.loads(str(run["parameters"]))["first_cutoff"] == "2023-01-31"
    assert (run["window_start"], run["scored_rows"]) == (date(2023, 1, 1), 3)


def test_a_day_that_is_run_again_replaces_its_record_alone(runs: Warehouse) -> None:
    other = replace(RUN, model="sentiment", model_version="z")
    with runs.session() as session:
        record_runs(session, "club", "sentiment", DAY, [other])
        record_runs(session, "club", "churn", DAY, [RUN, replace(RUN, model_version="lost")])
        record_runs(session, "club", "churn", DAY, [replace(RUN, model_version="new")])
    assert [run["model_version"] for run in on_record(runs)] == ["new", "z"]


def test_a_model_that_is_not_trained_reads_until_the_day_and_reigns_alone(runs: Warehouse) -> None:
    told = untrained_run(
        *("club", "attribution", DAY),
        model_name="markov_order_1",
        reason="learns from all journeys every day",
        data_hash="0b",
        parameters={"paths": 7},
        metrics={"conversions": 2},
        scored_rows=5,
    )
    with runs.session() as session:
        record_runs(session, "club", "attribution", DAY, [told])
    (run,) = on_record(runs)
    assert (run["window_start"], run["window_end"], run["trained_as_of"]) == (None, DAY, DAY)
    assert (run["model_version"], run["is_champion"], run["scored_rows"]) == ("", True, 5)
    assert run["reason"] == "learns from all journeys every day"
