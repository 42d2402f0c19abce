"""The models' own unit tests, and what is easier to say in Python."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from tests.dbt_project.pipeline import Pipeline


@pytest.fixture(scope="module")
def built(
    engine: str, open_pipeline: Callable[[str], AbstractContextManager[Pipeline]]
) -> Iterator[Pipeline]:
    """Build every model for a club whose fiscal year begins in July."""
    with open_pipeline(engine) as pipeline:
        pipeline.add_organization("club", "fiscal_year_start_month: 7\n")
        booking = (
            "booking_id,member_id,starts_at,revenue,status\nb1,1,2023-06-30T12:00:00Z,5,booked"
        )
        pipeline.deliver("club", "bookings", "2024-02-29", booking)
        pipeline.load()
        pipeline.dbt("run")
        yield pipeline


def test_unit_tests_of_the_models_pass(built: Pipeline) -> None:
    assert "PASS" in built.dbt("--no-quiet", "test", "--select", "test_type:unit")


def test_the_calendar_agrees_with_pythons(built: Pipeline) -> None:
    days = built.rows(
        "select calendar_date, iso_year, iso_week, iso_weekday, is_weekend, fiscal_year, fiscal_quarter "
        "from star.dim_date order by 1"
    )
    expected = [date(2023, 1, 1) + timedelta(days=n) for n in range(365 + 366 + 365)]
    assert days == [
        (
            day,
            *day.isocalendar(),
            day.isoweekday() > 5,
            day.year + (day.month >= 7),
            (day.month - 7) % 12 // 3 + 1,
        )
        for day in expected
    ]
