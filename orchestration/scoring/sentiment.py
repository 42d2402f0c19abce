"""What tickets say: how each is meant and what it is about."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from ml.registry import Record, Registry, data_hash
from ml.sentiment import TicketSentiment, decide, score_tickets, train_sentiment
from orchestration.scoring import tone_watch
from orchestration.scoring.champions import Trained, reign
from orchestration.scoring.outcome import Outcome, Scorer, runs_of
from orchestration.scoring.triggers import too_old
from orchestration.warehouse import Warehouse

MODEL = "sentiment"
TICKETS = ("star", "fct_support_tickets")

_TEXT = "md5(concat_ws('|', coalesce(subject, ''), coalesce(body, ''), coalesce(category, '')))"
_READ = f"""
select ticket_id, opened_at, opened_date, subject, body, category, csat_score, nps_score,
    {_TEXT} as text_hash
from star.fct_support_tickets as tickets
where organization_id = $1 and opened_date <= $2
"""
# What the version has scored on an earlier day, and reads now as it did then, stands.
_UNSCORED = f"""
    and not exists (
        select 1 from raw.ticket_scores as scored
        where scored.organization_id = tickets.organization_id
            and scored.ticket_id = tickets.ticket_id
            and scored.text_hash = {_TEXT}
            and scored.model_version = $3
            and scored.scored_as_of < $2
    )
"""


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Score the tickets that the reigning version has not scored yet."""

    def read(more: str = "", *parameters: object) -> pd.DataFrame:
        with warehouse.session() as session:
            rows = session.query(_READ + more, [organization_id, scored_as_of, *parameters])
        frame: pd.DataFrame = rows.to_pandas()
        return frame

    @cache
    def all_tickets() -> pd.DataFrame:
        return read()

    @cache
    def watched(model: TicketSentiment, trained_as_of: date) -> tone_watch.Since:
        year_before = trained_as_of - timedelta(days=365)
        recent = read("    and opened_date > $3", year_before)
        return tone_watch.since_training(model, recent, trained_as_of)

    def train(_: Any | None) -> Trained:
        training, comparison = train_sentiment(all_tickets(), as_of=scored_as_of)
        return Trained(
            training,
            lambda version: decide(
                registry, organization_id, version, comparison, as_of=scored_as_of
            ),
        )

    def why_train(record: Record, model: Any) -> str | None:
        if train_anew:
            return "asked for"
        return too_old(record, scored_as_of) or tone_watch.why_train(
            watched(model, record.trained_as_of)
        )

    reigning = reign(
        *(registry, organization_id, MODEL, scored_as_of),
        data_hash=lambda: data_hash(all_tickets()),
        why_train=why_train,
        train=train,
        insists=train_anew,
    )
    unscored = read(_UNSCORED, reigning.version)
    rows = score_tickets(reigning.estimator, unscored, reigning.record, as_of=scored_as_of)
    rows = rows.drop(columns="scored_as_of").merge(unscored[["ticket_id", "text_hash"]])
    since = watched(reigning.estimator, reigning.record.trained_as_of)
    return Outcome(
        tables={"ticket_scores": rows},
        runs=runs_of(
            reigning, organization_id, MODEL, scored_as_of, len(rows), realised=since.figures
        ),
        findings=tone_watch.findings(since),
    )


SENTIMENT = Scorer(
    model=MODEL,
    description="Tells of each support ticket how it is meant and what it is about.",
    tables={"ticket_scores": "What the model read in each ticket, once per version and wording."},
    reads=(TICKETS,),
    checks=tone_watch.CHECKS,
    score=score,
    thins_out=False,
)
