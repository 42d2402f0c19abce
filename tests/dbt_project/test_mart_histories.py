"""Marts that keep a history: brought up to date day by day, built at once, and as of past days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pytest

from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.feature_history import DELIVERIES, deliver, draw
from tests.dbt_project.pipeline import Pipeline, assert_same

SUBJECTS = ["customers", "engagement", "satisfaction", "prospects"]
MARTS = [
    *("--select", *(f"+path:models/marts/{subject}" for subject in SUBJECTS)),
    *("--exclude", "path:models/scores+"),
]


@dataclass
class DayByDay:
    """A pipeline that took in fourteen months in five builds, and what each of them gave, by as-of date."""

    pipeline: Pipeline
    gave: dict[date, dict[str, pd.DataFrame]]


@pytest.fixture(scope="module")
def day_by_day(pipelines: Pipelines) -> Iterator[DayByDay]:
    """Take in a history whose facts come late, ahead and corrected, one export after a later one."""
    first, second, third, skipped, fifth, *others, last = sorted(set(DELIVERIES))
    with pipelines.empty("duckdb") as pipeline:
        deliver(pipeline, draw())
        gave: dict[date, dict[str, pd.DataFrame]] = {}
        for days in [first, second], [third], [fifth], [skipped], others, [last]:
            for day in days:
                pipeline.load(str(day), str(day))
            pipeline.dbt("run", *MARTS)
            gave[max(days[-1], *gave, first)] = marts(pipeline)
        yield DayByDay(pipeline, gave)


def marts(pipeline: Pipeline) -> dict[str, pd.DataFrame]:
    return {name: table for name, table in pipeline.tables().items() if name.startswith("marts.")}


def test_a_backfilled_day_is_what_a_run_on_that_day_gave(day_by_day: DayByDay) -> None:
    first, second, *_, last = sorted(day_by_day.gave)
    # back, further back, and forward again from there
    for day in [second, first, last]:
        day_by_day.pipeline.dbt("run", *MARTS, as_of=str(day))
        assert_same(day_by_day.gave[day], marts(day_by_day.pipeline))


def test_days_one_by_one_give_what_all_at_once_gives(day_by_day: DayByDay) -> None:
    day_by_day.pipeline.dbt("run", *MARTS, "--full-refresh")
    newest = day_by_day.gave[max(day_by_day.gave)]
    assert len(newest["marts.customer_activity"]) > 200
    assert len(newest["marts.customer_named_segments"]) > 50
    assert newest["marts.customer_activity"]["activity_pattern"].nunique() > 3
    assert len(newest["marts.reactivations"]) > 5
    assert_same(newest, marts(day_by_day.pipeline))
