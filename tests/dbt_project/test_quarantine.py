"""Rows that leave the quarantine reach facts and marts, and the trend tells of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from orchestration.exports.landing.zone import Landing
from orchestration.exports.organizations import load_organizations
from orchestration.exports.quarantine.listing import Selection
from orchestration.exports.quarantine.release import release
from tests.dbt_project.pipeline import Pipeline

MODELS = ("--select", "+customer_metrics", "quarantine_daily")
BOOKINGS = "booking_id,member_id,starts_at,revenue,status"
MENDED = "exports: {bookings: {columns: {revenue: 'money(revenue)'}}}\n"


@pytest.fixture
def duckdb_pipeline(
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
) -> Iterator[Pipeline]:
    with open_pipeline("duckdb") as pipeline:
        yield pipeline


def test_a_row_released_after_later_days_were_built_reaches_the_marts(
    duckdb_pipeline: Pipeline,
) -> None:
    pipeline = duckdb_pipeline
    pipeline.add_organization("club", "exports: {bookings: {}}\n")
    booked = "\n".join(f"b{n},1,2024-03-01T12:00:00Z,1,attended" for n in range(20))
    pipeline.deliver(
        "club",
        "bookings",
        "2024-03-01",
        f"{BOOKINGS}\n{booked}\nbad,2,2024-03-01T13:00:00Z,$5.00,attended",
    )
    pipeline.deliver(
        "club", "bookings", "2024-03-02", f"{BOOKINGS}\nlater,1,2024-03-02T12:00:00Z,7,attended"
    )
    pipeline.load()
    pipeline.dbt("run", *MODELS)
    revenue = "select customer_id, total_revenue from marts.customer_metrics order by 1"
    assert pipeline.rows(revenue) == [("1", 27)]
    trend = "select rows_read, rows_quarantined, quarantined_share, rows_released from ops.quarantine_daily order by export_date"
    assert pipeline.rows(trend) == [(21, 1, pytest.approx(1 / 21), 0), (1, 0, 0, 0)]

    pipeline.add_organization("club", MENDED)
    for file in pipeline.landing.rglob("*.csv"):
        file.unlink()
    organizations = load_organizations(pipeline.organizations)
    assert (
        release(
            pipeline.warehouse, Landing(str(pipeline.landing)), organizations, Selection()
        ).rows_left
        == 0
    )
    pipeline.dbt("run", *MODELS)
    assert pipeline.rows(revenue) == [("1", 27), ("2", 5)]
    assert pipeline.rows(trend) == [(21, 0, 0, 1), (1, 0, 0, 0)]
