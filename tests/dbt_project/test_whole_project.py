"""All models at once, over organizations of which little or nothing is known: scored, or left out.

On the tables as they are made then, the models' own unit tests run.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.pipeline import Pipeline

ORDERS = "order_id,customer_id,ordered_at,order_revenue,currency,status"
ORGANIZATIONS = ("busy", "listed", "one", "refunds", "silent")


@pytest.fixture(scope="module")
def scored(engine: str, pipelines: Pipelines) -> Iterator[Pipeline]:
    """Return five organizations, scored: one of them buys, the others barely or not at all."""
    with pipelines.empty(engine) as pipeline:
        for organization_id in ORGANIZATIONS:
            fiscal_year = "fiscal_year_start_month: 7\n" if organization_id == "refunds" else ""
            pipeline.add_organization(organization_id, fiscal_year)
        days = [(2024, month, day) for month in range(1, 9) for day in (3, 17)]
        bought = [
            f"{number}-{y}{m}{d},c{number % 40},{y}-{m:02}-{d:02}T10:00:00Z,{10 + number},EUR,placed"
            for number, (y, m, d) in enumerate(days * 8)
        ]
        day = "2024-08-31"
        pipeline.deliver("busy", "orders", day, "\n".join([ORDERS, *bought]))
        pipeline.deliver("one", "orders", day, f"{ORDERS}\n1,a,2024-08-01T10:00:00Z,5,EUR,placed")
        pipeline.deliver(
            "refunds", "orders", day, f"{ORDERS}\n1,a,2023-06-30T10:00:00Z,-5,EUR,placed"
        )
        pipeline.deliver(
            "listed", "members", day, "member_id,name,join_date,status\n1,Ann,2024-01-01,active"
        )
        pipeline.deliver("silent", "prospects", day, "prospect_id,company_name\n1,Acme")
        pipeline.load()
        pipeline.dbt("run")
        pipeline.score()
        yield pipeline


def organizations(pipeline: Pipeline, table: str) -> list[str]:
    found = pipeline.rows(f"select distinct organization_id from {table} order by 1")
    return [str(organization_id) for (organization_id,) in found]


def test_value_is_expected_of_those_who_have_bought(scored: Pipeline) -> None:
    assert organizations(scored, "scores.clv_predictions") == ["busy", "one"]


def test_every_customer_has_a_segment(scored: Pipeline) -> None:
    counted = "select organization_id, count(*) from {} group by 1 order by 1"
    customers = scored.rows(counted.format("marts.customer_metrics"))
    assert scored.rows(counted.format("scores.customer_segments")) == customers
    assert [organization_id for organization_id, _ in customers] == [*ORGANIZATIONS[:-1]]


def test_no_churn_is_foretold_before_a_window_has_closed(scored: Pipeline) -> None:
    told = scored.rows(
        "select organization_id, model_name, min(churn_probability) as lowest, min(risk_band) as band "
        "from scores.churn_scores where organization_id <> 'busy' group by 1, 2 order by 1"
    )
    assert {row[1:] for row in told} == {("not_enough_history", None, "unknown")}
    assert "busy" in organizations(scored, "scores.churn_scores")


def test_who_has_no_customers_has_no_scores_and_no_runs(scored: Pipeline) -> None:
    assert "silent" not in organizations(scored, "ops.model_runs")


def test_every_run_says_how_many_rows_it_scored(scored: Pipeline) -> None:
    rows = scored.rows("select scored_rows from ops.model_runs where model = 'churn'")
    assert (
        sum(int(str(count)) for (count,) in rows)
        == scored.rows("select count(*) from scores.churn_scores")[0][0]
    )


def test_unit_tests_of_the_models_pass(scored: Pipeline) -> None:
    assert "PASS" in scored.dbt("--no-quiet", "test", "--select", "test_type:unit")


def test_the_calendar_agrees_with_pythons(scored: Pipeline) -> None:
    days = scored.rows(
        "select calendar_date, iso_year, iso_week, iso_weekday, is_weekend, fiscal_year, fiscal_quarter "
        "from star.dim_date where organization_id = 'refunds' order by 1"
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
