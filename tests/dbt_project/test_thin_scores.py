"""Organizations of which little or nothing is known are scored, or left out, and stop nobody's run."""

from collections.abc import Iterator

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
            pipeline.add_organization(organization_id)
        days = [(2024, month, day) for month in range(1, 9) for day in (3, 17)]
        bought = [
            f"{number}-{y}{m}{d},c{number % 40},{y}-{m:02}-{d:02}T10:00:00Z,{10 + number},EUR,placed"
            for number, (y, m, d) in enumerate(days * 8)
        ]
        day = "2024-08-31"
        pipeline.deliver("busy", "orders", day, "\n".join([ORDERS, *bought]))
        pipeline.deliver("one", "orders", day, f"{ORDERS}\n1,a,2024-08-01T10:00:00Z,5,EUR,placed")
        pipeline.deliver(
            "refunds", "orders", day, f"{ORDERS}\n1,a,2024-08-01T10:00:00Z,-5,EUR,placed"
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
