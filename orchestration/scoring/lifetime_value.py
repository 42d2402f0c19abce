"""What each customer is expected to bring, by every algorithm, and which of them to believe."""

from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from ml.clv import ClvTraining, CustomerLifetimeValue, score_clv, train_clv
from ml.evaluation.plots import decile_plot, gain_plot
from ml.evaluation.regression import tweedie_deviance
from ml.registry import Card, Decision, Record, Registry, Training, data_hash
from orchestration.scoring import value_watch
from orchestration.scoring.champions import Trained, reign
from orchestration.scoring.frames import KEY, read_frame
from orchestration.scoring.outcome import Finding, Outcome, Scorer, runs_of
from orchestration.scoring.provenance import with_provenance
from orchestration.scoring.triggers import too_old
from orchestration.warehouse import Warehouse

MODEL = "lifetime_value"
COVERAGE = "coverage"
DAYS = ("star", "fct_customer_day")

_PLAIN_COVERAGE = "plain_coverage"
_LEAST_COVERAGE, _MOST_COVERAGE = 0.7, 0.9
# Costs are known where some margin is, or where the organization says which share is assumed.
_VALUE_KIND = """
select case
    when max(settings.assumed_margin_percent) is not null
        or sum(days.assumed_margin_count) < sum(days.order_count) then 'gross_margin'
    else 'revenue'
end as value_kind
from star.fct_customer_day as days
inner join raw.organizations as settings on days.organization_id = settings.organization_id
where days.organization_id = $1 and days.transaction_date <= $2
"""


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Forecast the value of everyone who has bought."""
    with warehouse.session() as session:
        kind = session.query(_VALUE_KIND, [organization_id, scored_as_of])["value_kind"][0].as_py()
        days = read_frame(
            session,
            DAYS,
            organization_id,
            [*KEY, "transaction_date", "order_count", kind],
            where="transaction_date <= $2 and customer_type <> 'unknown'",
            parameters=[scored_as_of],
        )
    if not (days["order_count"] > 0).any():
        return Outcome(tables={"clv_predictions": pd.DataFrame()}, runs=[])

    @cache
    def since(model: CustomerLifetimeValue, trained_as_of: date) -> value_watch.Since:
        return value_watch.since_training(model, days, trained_as_of, scored_as_of)

    def train(_: Any | None) -> Trained:
        training = train_clv(days, as_of=scored_as_of, value=kind)
        return Trained(
            _training(training, scored_as_of),
            lambda version: _judge(registry, organization_id, version, training, scored_as_of),
        )

    def why_train(record: Record, model: Any) -> str | None:
        if train_anew:
            return "asked for"
        return too_old(record, scored_as_of) or value_watch.why_train(
            since(model, record.trained_as_of)
        )

    reigning = reign(
        *(registry, organization_id, MODEL, scored_as_of),
        data_hash=lambda: data_hash(days),
        why_train=why_train,
        train=train,
        insists=train_anew,
    )
    scores = score_clv(reigning.estimator, days, as_of=scored_as_of)
    rows = with_provenance(scores, reigning)
    watched = since(reigning.estimator, reigning.record.trained_as_of)
    return Outcome(
        tables={"clv_predictions": rows},
        runs=runs_of(
            reigning, organization_id, MODEL, scored_as_of, len(rows), realised=watched.figures
        ),
        findings=[_coverage(reigning.record), *value_watch.findings(watched)],
    )


def _judge(
    registry: Registry, organization_id: str, version: str, training: ClvTraining, as_of: date
) -> Decision:
    """Let the standing algorithm and the new one compete on time that neither was fitted on.

    A version of the standing algorithm, fitted on more days, needs no contest.
    """
    standing = registry.incumbent(organization_id, MODEL, as_of=as_of)
    if standing is None:
        reason = "the first version"
        return registry.promote(organization_id, MODEL, version, as_of=as_of, reason=reason)
    old = registry.record(organization_id, MODEL, standing).model_name
    new = training.parameters["model_name"]
    if old == new or old not in training.holdout:
        reason = f"{new} on newer data"
        return registry.promote(organization_id, MODEL, version, as_of=as_of, reason=reason)
    return registry.challenge(
        organization_id,
        MODEL,
        version,
        as_of=as_of,
        metric=tweedie_deviance,
        actual=training.holdout["value"],
        champion=training.holdout[old],
        challenger=training.holdout[new],
    )


def _training(training: ClvTraining, trained_as_of: date) -> Training:
    told, held_out = training.parameters, training.holdout
    plots = {}
    if len(held_out):
        judged = held_out["value"], held_out[told["model_name"]]
        plots = {"Gain": gain_plot(*judged), "Deciles": decile_plot(*judged)}
    return Training(
        estimator=training.model,
        model_name=told["model_name"],
        trained_as_of=trained_as_of,
        window=(date.fromisoformat(told["first_day"]), trained_as_of),
        data_hash="",
        parameters=told,
        metrics=training.metrics,
        card=Card(
            purpose=(
                "What a customer is expected to bring in twelve months and in a lifetime, for "
                "deciding how much to spend on whom. It is no promise for a single customer."
            ),
            samples={"customers": told["customers"], "held out": len(held_out)},
            held_out=(
                f"The last {told['holdout_days']} days, which no algorithm had seen."
                if len(held_out)
                else "Too little data to hold any out: how good it is here is not known."
            ),
            tables={"Algorithms on held-out time": training.comparison.reset_index()},
            plots=plots,
            limits=(
                "Seasons that were never seen are not foretold: the holdout is one window.",
                "A lifetime is a projection of the purchase process far beyond what was observed.",
                "Where the history shows nobody leaving, half of the customers are taken to leave "
                "within as long a time as was observed, in forecasts of a year and of a lifetime.",
                "The naive forecast lets everyone go on as before: nobody leaves, no season ends.",
            ),
        ),
    )


def _coverage(record: Record) -> Finding:
    covered = record.metrics.get(_PLAIN_COVERAGE)
    passed = covered is None or _LEAST_COVERAGE <= covered <= _MOST_COVERAGE
    return Finding(COVERAGE, passed, {"held by 80 % intervals before calibration": covered})


LIFETIME_VALUE = Scorer(
    model=MODEL,
    description="Expects what each customer will bring, by several algorithms.",
    tables={"clv_predictions": "Expected values of each customer on the days that were scored."},
    reads=(DAYS,),
    checks={
        COVERAGE: "80 % intervals, before they are calibrated, hold 70 to 90 % of held-out values.",
        **value_watch.CHECKS,
    },
    score=score,
)
