"""Facts and marts follow corrections: withdrawn rows, changed settings, another source of orders."""

from collections.abc import Iterator
from contextlib import ExitStack

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


@pytest.fixture(scope="module")
def built(engine: str, pipelines: Pipelines) -> Iterator[Saved]:
    with ExitStack() as kept:
        with pipelines.empty(engine) as pipeline:
            deliver_club_and_shop(pipeline)
            pipeline.load()
            pipeline.dbt("run", *MODELS)
            saved = kept.enter_context(pipelines.save(pipeline))
        yield saved


@pytest.fixture
def club_and_shop(built: Saved, pipelines: Pipelines) -> Iterator[Pipeline]:
    """Return a pipeline whose four days are built."""
    with pipelines.like(built) as pipeline:
        yield pipeline


def test_rows_that_a_redelivered_file_no_longer_holds_are_gone(club_and_shop: Pipeline) -> None:
    booking = "booking_id,member_id,starts_at,revenue,status,activity"
    # b4 is gone for good; b2 falls back to the first day's version, Bob's again
    club_and_shop.deliver(
        "club", "bookings", DAYS[1], f"{booking}\nb1,1,2024-03-01T18:00:00Z,21,attended,tennis"
    )
    club_and_shop.deliver(
        "club", "bookings", DAYS[3], f"{booking}\nb3,1,2024-03-04T19:00:00Z,30,cancelled,padel"
    )
    club_and_shop.deliver(
        "shop",
        "order_lines",
        DAYS[2],
        """
        order_id,customer_id,ordered_at,product_id,product_name,product_category,quantity,unit_price,unit_cost
        o3,2,2024-03-03T11:00:00Z,tea,BLACK TEA,drinks,3,5.50,2.00""",
    )
    club_and_shop.load()
    run_and_test(club_and_shop)
    corrected = club_and_shop.tables()
    assert club_and_shop.rows(
        "select organization_id, customer_id, total_revenue from marts.customer_metrics order by 1, 2"
    ) == [
        ("club", "1", 21),
        ("club", "2", 20),
        ("club", "3", 0),
        ("shop", "1", 13),
        ("shop", "2", 31),
    ]
    club_and_shop.dbt("run", *MODELS, "--full-refresh")
    assert_same(corrected, club_and_shop.tables())


def test_a_booking_made_ahead_counts_from_its_day_on(pipeline: Pipeline) -> None:
    pipeline.add_organization("club")
    header = "booking_id,member_id,starts_at,revenue,status"
    pipeline.deliver("club", "bookings", DAYS[0], f"{header}\nb1,1,2024-03-02T12:00:00Z,20,booked")
    pipeline.deliver("club", "bookings", DAYS[1], f"{header}\nb2,2,2024-03-02T12:00:00Z,5,booked")
    revenue = "select customer_id, total_revenue from marts.customer_metrics order by 1"
    run_days(pipeline, DAYS[:1])
    assert pipeline.rows(revenue) == [("1", 0)]
    run_days(pipeline, DAYS[1:2])
    assert pipeline.rows(revenue) == [("1", 20), ("2", 5)]


def test_a_changed_setting_rebuilds_its_organization_alone(club_and_shop: Pipeline) -> None:
    club_and_shop.add_organization(
        "club", "time_zone: America/Chicago\nassumed_margin_percent: 10\n"
    )
    club_and_shop.load()
    club_and_shop.dbt("run", "--select", "+fct_bookings")
    assert club_and_shop.rows(
        "select sum(gross_margin) as margin from star.fct_bookings where not is_cancelled"
    ) == [(pytest.approx(6.5),)]
    rebuilt = "select organization_id from ops.model_builds where model = 'fct_bookings' and rebuilt_build_id = build_id"
    assert club_and_shop.rows(rebuilt) == [("club",)]


def test_delivered_orders_take_the_place_of_those_made_from_lines(club_and_shop: Pipeline) -> None:
    club_and_shop.deliver(
        "shop",
        "orders",
        DAYS[3],
        """
        order_id,customer_id,ordered_at,order_revenue,gross_margin,status
        o1,1,2024-03-01T10:00:00Z,13,9,fulfilled
        o2,3,2024-03-01T11:00:00Z,20,5,returned""",
    )
    club_and_shop.load()
    club_and_shop.dbt("run", "--select", "+customer_metrics")
    assert club_and_shop.rows(
        "select order_id, revenue, is_cancelled from star.fct_orders where organization_id = 'shop' order by 1"
    ) == [("o1", 13, False), ("o2", 20, True)]
    # several lines to an order: joining them must not multiply its revenue
    assert club_and_shop.rows(
        "select sum(total_revenue) as revenue from marts.customer_metrics where organization_id = 'shop'"
    ) == [(13,)]
