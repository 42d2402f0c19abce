"""Marts made from scores too that keep a history: brought up to date, as of a past day, built at once."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import pytest

from ml.registry import Registry
from orchestration.assets.dbt import SCORED
from orchestration.scoring.lifetime_value import LIFETIME_VALUE
from orchestration.scoring.scoring import score_organizations
from orchestration.scoring.segmentation import SEGMENTATION
from orchestration.scoring.sentiment import SENTIMENT
from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.feature_history import DELIVERIES, deliver, draw
from tests.dbt_project.pipeline import Pipeline, assert_same

MARTS = ["customer_satisfaction", "segment_migrations", "segment_summary"]
FIRST, SECOND, *OTHERS, LAST = sorted(set(DELIVERIES))
TEXTS = [
    "Thank you, that was excellent!",
    "Awful, I am very disappointed.",
    "Which courts are open on Sunday?",
]


@dataclass
class OneByOne:
    """A pipeline that took in one export after the other, and its marts on three of these days."""

    pipeline: Pipeline
    given: dict[date, dict[str, pd.DataFrame]]


@pytest.fixture(scope="module")
def one_by_one(pipelines: Pipelines) -> Iterator[OneByOne]:
    """Take in facts that come late and corrected, and score three days."""
    with pipelines.empty("duckdb") as pipeline:
        history = draw()
        said = history.tickets["ticket_id"].map(
            lambda key: TEXTS[zlib.crc32(key.encode()) % len(TEXTS)]
        )
        deliver(pipeline, replace(history, tickets=history.tickets.assign(body=said)))
        given = {}
        for days in [FIRST, SECOND], OTHERS, [LAST]:
            pipeline.load(str(days[0]), str(days[-1]))
            given[days[-1]] = build(pipeline, as_of=days[-1])
        yield OneByOne(pipeline, given)


def build(pipeline: Pipeline, *arguments: str, as_of: date) -> dict[str, pd.DataFrame]:
    parents = [f"+{mart}" for mart in MARTS]
    first_step = ["--select", *parents, "+int_segment_ids", "--exclude", SCORED]
    pipeline.dbt("run", *first_step, *arguments, as_of=str(as_of))
    registry = Registry(pipeline.folder / "registry")
    for scorer in (SENTIMENT, SEGMENTATION, LIFETIME_VALUE):
        for _ in score_organizations(scorer, pipeline.warehouse, registry):
            pass
    pipeline.dbt("run", "--select", *(f"{SCORED},{mart}" for mart in parents), *arguments)
    return {mart: pipeline.table(f"marts.{mart}") for mart in MARTS}


def test_histories_tell_what_was_scored_when(one_by_one: OneByOne) -> None:
    newest = one_by_one.given[LAST]
    told = newest["customer_satisfaction"].dropna(subset="sentiment_score")
    assert told["sentiment_score"].nunique() > 2
    assert min(told["as_of_date"]) == SECOND
    moves = newest["segment_migrations"].groupby("segment_type")["month_start"].nunique()
    assert moves["rfm_class"] > 12
    # Days of two months that follow each other were scored, of the others none.
    assert moves["cluster_id"] == moves["segment_id"] == 1
    clusters = newest["segment_summary"].query("segment_type == 'cluster_id'")
    assert {SECOND, LAST} <= set(clusters["as_of_date"])


def test_a_backfilled_day_is_what_a_run_on_that_day_gave(one_by_one: OneByOne) -> None:
    for day in SECOND, LAST:
        assert_same(one_by_one.given[day], build(one_by_one.pipeline, as_of=day))


def test_one_day_after_the_other_gives_what_all_at_once_give(one_by_one: OneByOne) -> None:
    at_once = build(one_by_one.pipeline, "--full-refresh", as_of=LAST)
    assert_same(one_by_one.given[LAST], at_once)
