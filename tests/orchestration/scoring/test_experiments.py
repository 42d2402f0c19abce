from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from ml.registry import Registry
from orchestration.scoring.experiments import (
    DAYS,
    DESIGNS,
    KNOWN_TESTS,
    SAMPLE_RATIO,
    TESTS,
    score,
)
from orchestration.scoring.outcome import Outcome
from orchestration.warehouse import Warehouse
from tests.ml.experiments.samples import FIRST, by_day, conversions, settings


@pytest.fixture
def judged(duckdb: Warehouse, tmp_path: Path) -> dict[str, Outcome]:
    """Return what came of an organization with three tests, two of them lopsided, and of none."""
    fair = conversions({"a": 0.1, "b": 0.2}, people=1000, days=5, seed=1).assign(test_id="fair")
    odd = conversions({"a": 0.1, "b": 0.2}, people=1000, days=5, seed=2).assign(test_id="odd")
    odd = odd[(odd["group_name"] == "a") | (odd.index % 4 > 0)]
    meant = odd.assign(test_id="meant")
    days = by_day(pd.concat([fair, odd, meant])).assign(organization_id="shop", outlier_limit=0.0)
    tests = pd.concat([settings(test_id=test) for test in ("fair", "odd", "meant")])
    tests = tests.assign(
        organization_id="shop", end_date=FIRST, confidence_level=0.95, minimum_effect=0.2
    )
    designs = pd.DataFrame(
        {
            "organization_id": "shop",
            "test_id": ["meant", "planned", "fair"],
            "shares": ['{"a": 0.571, "b": 0.429}', "{}", "{}"],
            "lower_is_better": [False, False, True],
        }
    )
    with duckdb.session() as session:
        for (schema, table), rows in ((TESTS, tests), (DAYS, days), (DESIGNS, designs)):
            arrow = pa.Table.from_pandas(rows, preserve_index=False)
            session.create_schema(schema)
            session.create_table(schema, table, arrow.schema)
            session.ingest(schema, table, arrow)
    registry = Registry(tmp_path)
    day = date(2024, 4, 1)
    return {name: score(duckdb, registry, name, day, False) for name in ("shop", "none")}


def test_every_test_is_judged_and_the_run_is_on_record(judged: dict[str, Outcome]) -> None:
    rows = judged["shop"].tables["ab_test_scores"].set_index("test_id")
    assert rows["winner"].to_dict() == {
        "fair": "control", "meant": "variant", "odd": "inconclusive"
    }  # fmt: skip
    (run,) = judged["shop"].runs
    assert run.scored_rows == 3
    assert run.metrics["winners"] == 2


def test_a_lopsided_test_is_named_by_the_check(judged: dict[str, Outcome]) -> None:
    finding = judged["shop"].findings[0]
    assert (finding.check, finding.passed) == (SAMPLE_RATIO, False)
    assert finding.figures == {"tests": "odd"}


def test_a_design_of_a_test_that_is_not_known_is_named_by_the_check(
    judged: dict[str, Outcome],
) -> None:
    finding = judged["shop"].findings[1]
    assert (finding.check, finding.passed) == (KNOWN_TESTS, False)
    assert finding.figures == {"unknown": "planned"}


def test_an_organization_without_tests_has_no_verdict(judged: dict[str, Outcome]) -> None:
    outcome = judged["none"]
    assert outcome.tables["ab_test_scores"].empty
    assert outcome.runs == []
    assert all(finding.passed for finding in outcome.findings)
