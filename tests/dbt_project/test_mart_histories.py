"""Marts that keep a history, over fourteen months: brought up to date time and again, and built at once."""

import pandas as pd

from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.feature_history import DELIVERIES, deliver, draw
from tests.dbt_project.pipeline import Pipeline, assert_same

SUBJECTS = ["customers", "engagement", "satisfaction", "prospects"]
MARTS = [
    *("--select", *(f"+path:models/marts/{subject}" for subject in SUBJECTS)),
    *("--exclude", "path:models/scores+"),
]


def test_one_export_after_the_other_gives_what_all_at_once_give(pipelines: Pipelines) -> None:
    """Facts come late, ahead and corrected, and one export comes after a later one."""
    first, second, third, late, fifth, *others, last = sorted(set(DELIVERIES))
    with pipelines.empty("duckdb") as pipeline:
        deliver(pipeline, draw())
        for days in [first, second], [third], [fifth], [late], others, [last]:
            for day in days:
                pipeline.load(str(day), str(day))
            pipeline.dbt("run", *MARTS)
        one_by_one = marts(pipeline)
        pipeline.dbt("run", *MARTS, "--full-refresh")
        assert len(one_by_one["marts.customer_activity"]) > 200
        assert one_by_one["marts.customer_activity"]["activity_pattern"].nunique() > 3
        assert len(one_by_one["marts.customer_named_segments"]) > 50
        assert len(one_by_one["marts.reactivations"]) > 5
        assert_same(one_by_one, marts(pipeline))


def marts(pipeline: Pipeline) -> dict[str, pd.DataFrame]:
    return {name: table for name, table in pipeline.tables().items() if name.startswith("marts.")}
