"""Facts and marts follow what is loaded: in any order, any number of times, as of any day."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import NamedTuple

import pandas as pd
import pytest

from tests.dbt_project.club_and_shop import (
    DAYS,
    MODELS,
    deliver_club_and_shop,
    run_and_test,
    run_days,
)
from tests.dbt_project.conftest import Pipelines, Saved
from tests.dbt_project.pipeline import Pipeline, assert_same


class InOrder(NamedTuple):
    """Four days that came one by one: the pipeline after the last, and tables after two and after all."""

    saved: Saved
    after_two_days: dict[str, pd.DataFrame]
    newest: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def in_order(engine: str, pipelines: Pipelines) -> Iterator[InOrder]:
    with ExitStack() as kept:
        with pipelines.empty(engine) as pipeline:
            deliver_club_and_shop(pipeline)
            run_days(pipeline, DAYS[:2])
            then = pipeline.tables()
            run_days(pipeline, DAYS[2:])
            saved = kept.enter_context(pipelines.save(pipeline))
            newest = pipeline.tables()
        yield InOrder(saved, then, newest)


@pytest.fixture
def club_and_shop(in_order: InOrder, pipelines: Pipelines) -> Iterator[Pipeline]:
    with pipelines.like(in_order.saved) as pipeline:
        yield pipeline


def test_the_numbers_are_those_worked_out_by_hand(club_and_shop: Pipeline) -> None:
    assert club_and_shop.rows(
        "select organization_id, customer_id, total_revenue, total_gross_margin, order_count, cancelled_count, "
        "refund_count, product_categories_count from marts.customer_metrics order by 1, 2"
    ) == [
        # b1 and b2, which was Bob's until the fourth day; b3 was cancelled
        ("club", "1", 40, 24, 2, 1, 0, 2),
        ("club", "2", 25, 15, 1, 0, 0, 1),
        ("club", "3", 0, 0, 0, 0, 0, 0),
        # tea 10 - 4 and postage 3, whose cost nobody knows
        ("shop", "1", 13, 9, 1, 0, 0, 1),
        # 22 for tea, 5.50 of it given back
        ("shop", "2", pytest.approx(16.5), pytest.approx(10.5), 1, 0, 1, 1),
        ("shop", "3", 20, 5, 1, 0, 0, 1),
    ]
    assert club_and_shop.rows(
        "select customer_id, membership_type, membership_status, valid_from, valid_to, is_current, is_listed "
        "from star.dim_customer where organization_id = 'club' and customer_type = 'member' order by 1, 4"
    ) == [
        ("1", "gold", "active", day(1), day(3), False, False),
        ("1", "platinum", "active", day(3), None, True, True),
        ("2", "silver", "active", day(1), day(3), False, False),
        ("2", "silver", "paused", day(4), None, True, True),
        ("3", "silver", "active", day(3), None, True, True),
    ]


def test_days_one_by_one_give_what_all_at_once_gives(
    club_and_shop: Pipeline, in_order: InOrder
) -> None:
    run_and_test(club_and_shop, "--full-refresh")
    assert_same(in_order.newest, club_and_shop.tables())


def test_days_in_another_order_give_the_same(pipeline: Pipeline, in_order: InOrder) -> None:
    deliver_club_and_shop(pipeline)
    run_days(pipeline, [DAYS[number] for number in (3, 0, 2, 1)])
    assert_same(in_order.newest, pipeline.tables())


def test_building_again_changes_nothing(club_and_shop: Pipeline, in_order: InOrder) -> None:
    club_and_shop.load()
    run_and_test(club_and_shop)
    assert_same(in_order.newest, club_and_shop.tables())


def test_a_past_day_built_later_is_what_that_day_gave(
    club_and_shop: Pipeline, in_order: InOrder
) -> None:
    club_and_shop.dbt("run", *MODELS, as_of=DAYS[1])
    assert_same(in_order.after_two_days, club_and_shop.tables())
    club_and_shop.dbt("run", *MODELS)
    assert_same(in_order.newest, club_and_shop.tables())


def day(number: int) -> date:
    return date(2024, 3, number)
