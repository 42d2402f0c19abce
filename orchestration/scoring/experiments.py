"""Who won each A/B test, as of a day."""

import json
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ml.registry import Registry, data_hash
from orchestration.scoring.frames import read_frame
from orchestration.scoring.outcome import Finding, Outcome, Scorer
from orchestration.scoring.runs import untrained_run
from orchestration.warehouse import Warehouse

if TYPE_CHECKING:
    from ml.experiments import Design

MODEL = "experiments"
TABLE = "ab_test_scores"
TESTS = ("staging", "stg_ab_tests")
DAYS = ("staging", "int_ab_days")
DESIGNS = ("raw", "experiment_designs")
SAMPLE_RATIO = "sample_ratio"
KNOWN_TESTS = "designs_name_known_tests"


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Judge every variant of an organization's experiments."""
    from ml.experiments import TEST_COLUMNS, judge_tests  # noqa: PLC0415 - slow to import

    with warehouse.session() as session:
        tests = read_frame(session, TESTS, organization_id, TEST_COLUMNS)
        days = read_frame(session, DAYS, organization_id)
        designs = read_frame(session, DESIGNS, organization_id)
    results = judge_tests(tests, days, scored_as_of, _by_test(designs))
    unknown = sorted({*designs["test_id"]} - {*tests["test_id"]})
    odd = sorted(results.loc[results["has_sample_ratio_mismatch"].astype(bool), "test_id"].unique())
    run = untrained_run(
        *(organization_id, MODEL, scored_as_of),
        model_name="group_sequential",
        reason="judges all tests anew every day",
        data_hash=data_hash(tests, days, designs),
        parameters={"tests": len(tests)},
        metrics={
            "units": int(days["units"].sum()),
            "winners": int((results["winner"] != "inconclusive").sum()),
        },
        scored_rows=len(results),
    )
    return Outcome(
        tables={TABLE: results},
        runs=[run] if len(results) else [],
        findings=[
            Finding(SAMPLE_RATIO, not odd, {"tests": ", ".join(odd)}),
            Finding(KNOWN_TESTS, not unknown, {"unknown": ", ".join(unknown)}),
        ],
    )


def _by_test(designs: pd.DataFrame) -> dict[str, "Design"]:
    from ml.experiments import Design  # noqa: PLC0415 - slow to import

    told = zip(designs["test_id"], designs["shares"], designs["lower_is_better"], strict=True)
    return {
        str(test): Design(json.loads(shares), bool(is_lower)) for test, shares, is_lower in told
    }


EXPERIMENTS = Scorer(
    model=MODEL,
    description="Compares the variants of A/B tests with their controls and says who won.",
    tables={TABLE: "The verdict on each variant by the days that were scored."},
    reads=(TESTS, DAYS, DESIGNS),
    checks={
        SAMPLE_RATIO: "The groups of each test are as large as planned, give or take chance.",
        KNOWN_TESTS: "Tests that the organization's file tells the design of exist.",
    },
    score=score,
    organizations=TESTS,
)
