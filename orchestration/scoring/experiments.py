"""Who won each A/B test, as of a day."""

from datetime import date

from ml.registry import Registry, data_hash
from orchestration.scoring.frames import read_frame
from orchestration.scoring.outcome import Finding, Outcome, Scorer
from orchestration.scoring.runs import untrained_run
from orchestration.warehouse import Warehouse

MODEL = "experiments"
TABLE = "ab_test_scores"
TESTS = ("staging", "stg_ab_tests")
DAYS = ("staging", "int_ab_days")
SAMPLE_RATIO = "sample_ratio"


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
    results = judge_tests(tests, days, scored_as_of)
    odd = sorted(results.loc[results["has_sample_ratio_mismatch"].astype(bool), "test_id"].unique())
    run = untrained_run(
        *(organization_id, MODEL, scored_as_of),
        model_name="group_sequential",
        reason="judges all tests anew every day",
        data_hash=data_hash(tests, days),
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
        findings=[Finding(SAMPLE_RATIO, not odd, {"tests": ", ".join(odd)})],
    )


EXPERIMENTS = Scorer(
    model=MODEL,
    description="Compares the variants of A/B tests with their controls and says who won.",
    tables={TABLE: "The verdict on each variant by the days that were scored."},
    reads=(TESTS, DAYS),
    checks={SAMPLE_RATIO: "The groups of each test are as equal as chance makes them."},
    score=score,
    organizations=TESTS,
)
