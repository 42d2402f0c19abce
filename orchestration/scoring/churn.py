"""Who is about to leave, why, and what it would cost."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from ml.churn import NOT_ENOUGH_HISTORY, ChurnClassifier, ChurnTraining, score_churn, train_churn
from ml.churn.features import churn_features
from ml.churn.labels import at_risk
from ml.evaluation.classification import log_loss
from ml.registry import Decision, Record, Registry, data_hash
from orchestration.scoring import churn_watch
from orchestration.scoring.champions import Trained, reign
from orchestration.scoring.churn_card import training_of
from orchestration.scoring.frames import KEY, read_frame
from orchestration.scoring.outcome import Outcome, Scorer, runs_of
from orchestration.scoring.provenance import with_provenance
from orchestration.scoring.runs import ModelRun
from orchestration.scoring.triggers import too_old
from orchestration.warehouse import Session, Warehouse

MODEL = "churn"
FEATURES = ("features", "customer_features")
PURCHASES = ("star", "fct_customer_day")
VALUES = ("raw", "clv_predictions")
HORIZON_DAYS = 90

# The newest window that has closed, the same season of the year before, and two months before that,
# of which a season is not learned yet: models are judged as they score, with a season.
_LOOK_BACK = timedelta(days=365 + HORIZON_DAYS + 120)
# Closed windows of more customers teach nothing more, and would not fit into memory.
_MOST_CUSTOMERS = 40_000
# By then a window has opened after the training and closed again, on which it can be judged.
_MAX_AGE_DAYS = HORIZON_DAYS + 31


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Score everyone who could leave."""
    with warehouse.session() as session:
        today = read_frame(session, FEATURES, organization_id, where="is_current")
        value = _values(session, organization_id, scored_as_of)
        history, purchases = _history(session, organization_id, scored_as_of, len(today))
    opened = at_risk(history, scored_as_of)["cutoff"]
    if not (opened + timedelta(days=HORIZON_DAYS) <= pd.Timestamp(scored_as_of)).any():
        return _without_model(organization_id, scored_as_of, today)

    @cache
    def realised(model: ChurnClassifier) -> churn_watch.Realised | None:
        return churn_watch.realised(model, history, purchases, scored_as_of)

    def train(_: Any | None) -> Trained:
        training = train_churn(history, purchases, as_of=scored_as_of, horizon_days=HORIZON_DAYS)
        return Trained(
            training_of(training, history, scored_as_of),
            lambda version: _judge(
                *(registry, organization_id, version, training),
                features=history,
                as_of=scored_as_of,
            ),
        )

    def why_train(record: Record, model: Any) -> str | None:
        if train_anew:
            return "asked for"
        return too_old(record, scored_as_of, _MAX_AGE_DAYS) or churn_watch.why_train(
            model, record.metrics, history, scored_as_of, window=realised(model)
        )

    reigning = reign(
        *(registry, organization_id, MODEL, scored_as_of),
        data_hash=lambda: data_hash(history, purchases),
        why_train=why_train,
        train=train,
        insists=train_anew,
    )
    scores = score_churn(reigning.estimator, today, as_of=scored_as_of, value=value)
    rows = with_provenance(scores.drop(columns="scored_as_of"), reigning)
    window = realised(reigning.estimator)
    came = window.figures() if window else {}
    return Outcome(
        tables={"churn_scores": rows.assign(horizon_days=HORIZON_DAYS)},
        runs=runs_of(reigning, organization_id, MODEL, scored_as_of, len(rows), realised=came),
        findings=churn_watch.findings(
            reigning.estimator,
            reigning.record.metrics,
            history,
            scored_as_of,
            window=window,
            scores=rows["churn_probability"],
        ),
    )


def _history(
    session: Session, organization_id: str, as_of: date, customers: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return month ends and today of customers drawn by their ids, and the days they bought on."""
    share = min(1.0, _MOST_CUSTOMERS / max(customers, 1))
    drawn = "substr(md5(customer_type || '|' || customer_id), 1, 4) <= $3"
    parameters = [as_of - _LOOK_BACK, f"{int(share * 0xFFFF):04x}"]
    features = read_frame(
        session,
        FEATURES,
        organization_id,
        where=f"cutoff >= $2 and (is_month_end or is_current) and {drawn}",
        parameters=parameters,
    )
    purchases = read_frame(
        session,
        PURCHASES,
        organization_id,
        [*KEY, "transaction_date"],
        where=f"transaction_date >= $2 and order_count > 0 and {drawn}",
        parameters=parameters,
    )
    return features, purchases


def _values(session: Session, organization_id: str, scored_as_of: date) -> pd.DataFrame:
    """Return what the champion expects of each customer in a year."""
    predicted = read_frame(
        session,
        VALUES,
        organization_id,
        [*KEY, "expected_value"],
        where="scored_as_of = $2 and is_champion and horizon = '12_months'",
        parameters=[scored_as_of],
    )
    return predicted.rename(columns={"expected_value": "value"})


def _judge(
    registry: Registry,
    organization_id: str,
    version: str,
    training: ChurnTraining,
    *,
    features: pd.DataFrame,
    as_of: date,
) -> Decision:
    """Hold a challenger against the champion on a window that neither has learned from."""
    standing = registry.incumbent(organization_id, MODEL, as_of=as_of)
    if standing is None:
        return registry.promote(
            organization_id, MODEL, version, as_of=as_of, reason="the first version"
        )
    champion, _ = registry.load(organization_id, MODEL, standing)
    held_out = training.holdout
    if held_out.empty or held_out["cutoff"].min() < pd.Timestamp(str(champion.closes_)):
        reason = "no window has opened and closed since the champion was trained"
        return registry.keep(organization_id, MODEL, version, as_of=as_of, reason=reason)
    known = features.assign(cutoff=pd.to_datetime(features["cutoff"]))
    rows = held_out.merge(known, on=[*KEY, "cutoff"], validate="1:1")
    return registry.challenge(
        organization_id,
        MODEL,
        version,
        as_of=as_of,
        metric=log_loss,
        actual=rows["churned"],
        champion=champion.predict_proba(churn_features(rows[known.columns]), rows["cutoff"])[:, 1],
        challenger=rows[training.parameters["model_name"]],
    )


def _without_model(organization_id: str, scored_as_of: date, today: pd.DataFrame) -> Outcome:
    """Return rows that say that nothing can be said yet."""
    scores = score_churn(None, today, as_of=scored_as_of).drop(columns="scored_as_of")
    run = ModelRun(
        organization_id=organization_id,
        model=MODEL,
        scored_as_of=scored_as_of,
        model_name=NOT_ENOUGH_HISTORY,
        model_version="",
        trained_as_of=scored_as_of,
        is_champion=True,
        reason=f"no window of {HORIZON_DAYS} days has closed yet",
        window_start=None,
        window_end=None,
        data_hash="",
        parameters={"horizon_days": HORIZON_DAYS},
        metrics={},
        scored_rows=len(scores),
    )
    rows = scores.assign(model_version="", trained_as_of=None, horizon_days=HORIZON_DAYS)
    return Outcome(tables={"churn_scores": rows}, runs=[run])


CHURN = Scorer(
    model=MODEL,
    description="Tells of each customer how likely it is to leave, and why.",
    tables={"churn_scores": "Churn scores of each customer on the days that were scored."},
    reads=(FEATURES, PURCHASES, VALUES),
    checks=churn_watch.CHECKS,
    score=score,
)
