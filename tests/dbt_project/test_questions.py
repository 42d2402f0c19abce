"""What people ask of a built sample: the marts' example questions, metrics, and dbt's own pages."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestration.marts_guide import marts, questions
from orchestration.sample import generate_sample
from tests.dbt_project.pipeline import DBT_PROJECT, Pipeline

Node = dict[str, Any]


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def sample(
    request: pytest.FixtureRequest, open_pipeline: Callable[[str], AbstractContextManager[Pipeline]]
) -> Iterator[Pipeline]:
    """Return the sample, small, loaded and built with the descriptions of every model."""
    with open_pipeline(request.param) as pipeline:
        generate_sample(
            pipeline.folder, customers=190, seed=3, first_day=date(2024, 1, 1), days=200
        )
        pipeline.load()
        pipeline.dbt("run")
        pipeline.score()
        pipeline.dbt("--warn-error", "docs", "generate", "--exclude", "resource_type:test")
        yield pipeline


def artifact(pipeline: Pipeline, name: str) -> Node:
    read: Node = json.loads((pipeline.target / name).read_text())
    return read


def by_metricflow(pipeline: Pipeline, *arguments: str) -> pd.DataFrame:
    """Return what MetricFlow answers, as who works with it asks: by its command."""
    project = pipeline.folder / "metricflow"
    if not project.exists():
        project.mkdir()
        (project / "dbt_project.yml").symlink_to(DBT_PROJECT / "dbt_project.yml")
        (project / "profiles.yml").symlink_to(DBT_PROJECT / "profiles.yml")
        # MetricFlow looks nowhere else for what dbt parsed
        (project / "target").symlink_to(pipeline.target)
    answer = project / "answer.csv"
    ran = subprocess.run(
        [Path(sys.executable).with_name("mf"), "query", *arguments, "--csv", answer],
        env=os.environ
        | pipeline.warehouse.dbt_environment()
        | {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return pd.read_csv(answer)


def test_every_question_runs_and_every_mart_answers_one(sample: Pipeline) -> None:
    rows = {}
    with sample.warehouse.session() as session:
        for mart in marts(artifact(sample, "manifest.json")):
            rows[mart["name"]] = [session.query(q["sql"]).num_rows for q in questions(mart)]
    assert [mart for mart, answers in rows.items() if not any(answers)] == []


def test_metrics_are_those_of_the_marts(sample: Pipeline) -> None:
    measures = ["revenue", "gross_margin", "orders", "active_customers", "average_order_value"]
    asked = by_metricflow(
        sample,
        *("--metrics", ",".join([*measures, "nps"])),
        *("--group-by", "organization,metric_time__month"),
        *("--order", "organization,metric_time__month"),
    )
    # Metrics count what nobody known bought, too.
    expected = pd.DataFrame(
        sample.rows(
            """
            with monthly as (
                select organization_id, month_start, revenue, gross_margin, order_count, 1 as is_known
                from marts.customer_value_monthly
                union all
                select days.organization_id, cast(date_trunc('month', days.transaction_date) as date),
                    days.revenue, days.gross_margin, days.order_count, 0
                from star.fct_customer_day as days
                inner join star.dim_organization as organizations using (organization_id)
                where days.customer_type = 'unknown' and days.transaction_date <= as_of_date
            )
            select
                sum(revenue) as revenue,
                sum(gross_margin) as gross_margin,
                sum(order_count) as orders,
                sum(case when order_count > 0 then is_known end) as active_customers,
                cast(sum(revenue) as double precision) / sum(order_count) as average_order_value
            from monthly
            group by organization_id, month_start
            order by organization_id, month_start
            """
        ),
        columns=measures,
        dtype=float,
    )
    pd.testing.assert_frame_equal(asked[measures].astype(float), expected, rtol=1e-9)
    scores = sample.rows(
        "select nps from marts.nps_monthly where segment_type = 'overall' "
        "order by organization_id, as_of_date"
    )
    assert scores
    assert asked["nps"].dropna().tolist() == pytest.approx([score for (score,) in scores])


def test_expected_churn_is_that_of_the_last_day_scored(sample: Pipeline) -> None:
    asked = by_metricflow(
        sample,
        *("--metrics", "expected_churn_rate,expected_loss"),
        *("--group-by", "organization,metric_time__year"),
        *("--order", "organization"),
    )
    told = sample.rows(
        "select avg(churn_probability) as rate, sum(expected_loss) as loss from scores.churn_scores "
        "where is_current group by organization_id having count(churn_probability) > 0 "
        "order by organization_id"
    )
    given = asked.dropna(subset="expected_churn_rate")
    assert given["expected_churn_rate"].tolist() == pytest.approx([rate for rate, _ in told])
    assert given["expected_loss"].tolist() == pytest.approx([float(str(loss)) for _, loss in told])


def test_dbts_pages_describe_every_table_as_it_stands(sample: Pipeline) -> None:
    catalog, manifest = artifact(sample, "catalog.json"), artifact(sample, "manifest.json")
    assert catalog["errors"] is None
    described = {
        name: list(node["columns"])
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    standing = {
        name: list(node["columns"]) for name, node in catalog["nodes"].items() if name in described
    }
    assert standing == described


def test_the_bridge_tells_who_is_who_as_the_truth_does(sample: Pipeline) -> None:
    truth = pd.read_parquet(sample.folder / "truth" / "links.parquet")
    records = sample.table("staging.int_identity_records")[["record_type", "record_id"]]
    for side in ("left", "right"):
        key = [f"{side}_type", f"{side}_id"]
        truth = truth.merge(records.set_axis(key, axis=1), on=key)
    true_pairs = together(truth[truth["relation"] != "works_at"])
    bridge = sample.table("star.bridge_identity")
    bridge = bridge[bridge["record_type"] != "employer"]
    told = bridge["record_type"] + " " + bridge["record_id"]
    pairs = {
        frozenset(pair)
        for _, one in told.groupby(bridge["identity_id"])
        for pair in combinations(one, 2)
    }
    assert len(true_pairs) > 50
    assert len(pairs & true_pairs) / len(pairs) >= 0.99
    assert len(pairs & true_pairs) / len(true_pairs) >= 0.9


def together(links: pd.DataFrame) -> set[frozenset[str]]:
    """Return all pairs that links join, by way of others too."""
    groups: dict[str, set[str]] = {}
    for row in links.itertuples():
        left, right = f"{row.left_type} {row.left_id}", f"{row.right_type} {row.right_id}"
        joined = groups.get(left, {left}) | groups.get(right, {right})
        groups.update(dict.fromkeys(joined, joined))
    return {frozenset(pair) for group in groups.values() for pair in combinations(group, 2)}
