"""Training, judging and scoring: what an orchestrator calls."""

from datetime import date
from pathlib import Path

import pandas as pd

from ml.evaluation.classification import log_loss
from ml.registry import Decision, Record, Registry, Training, data_hash
from ml.sentiment.card import write_card
from ml.sentiment.model import TicketSentiment
from ml.sentiment.selection import Comparison, compare_algorithms

NAME = "sentiment"

_USED = ["subject", "body", "category", "csat_score", "nps_score", "opened_at"]
_LEAST_TO_JUDGE = 100


def train_sentiment(
    tickets: pd.DataFrame, *, as_of: date, seed: int = 0, transformer: Path | None = None
) -> tuple[Training, Comparison]:
    """Find the algorithm that suits an organization and fit it on all tickets known at a day.

    Parameters
    ----------
    tickets : of one organization, with ticket_id, opened_at (UTC), opened_date, subject, body,
        category, csat_score and nps_score, as `fct_support_tickets` has them
    as_of : tickets opened later are not looked at
    seed : of everything random
    transformer : folder of a transformer model to use instead

    Raises
    ------
    ValueError
        If columns are missing, or a ticket stands twice.
    """
    known = _known(tickets, as_of)
    folder = str(transformer or "")
    comparison = compare_algorithms(known, seed, folder)
    model = TicketSentiment(
        comparison.sentiment,
        categories=comparison.categories,
        transformer=folder,
        random_state=seed,
    ).fit(known)
    results = comparison.results(seed)
    own = results[results["candidate"] == model.sentiment] if len(results) else results
    first = known["opened_date"].min() if len(known) else as_of
    training = Training(
        estimator=model,
        model_name=model.sentiment,
        trained_as_of=as_of,
        window=(pd.Timestamp(first).date(), as_of),
        data_hash=data_hash(known[["ticket_id", *_USED]]),
        parameters=model.get_params(),
        metrics=dict(zip(own["metric"], own["value"], strict=True)) if len(own) else {},
        card=write_card(model, known, comparison, results),
    )
    return training, comparison


def decide(
    registry: Registry,
    organization_id: str,
    version: str,
    comparison: Comparison,
    *,
    as_of: date,
    seed: int = 0,
) -> Decision:
    """Make a version champion if it is the first, or tells unhappy tickets better than the last.

    The champion is compared on held-out tickets opened after its training; where these are fewer
    than 100 it stays.
    """
    old = registry.incumbent(organization_id, NAME, as_of=as_of)
    if old is None:
        reason = "the first version"
        return registry.promote(organization_id, NAME, version, as_of=as_of, reason=reason)
    champion, record = registry.load(organization_id, NAME, old)
    fresh = comparison.after(record.trained_as_of)
    if len(fresh.labels) < _LEAST_TO_JUDGE:
        reason = (
            f"{len(fresh.labels)} tickets since the champion's training can be judged, "
            f"{_LEAST_TO_JUDGE} are needed"
        )
        return registry.keep(organization_id, NAME, version, as_of=as_of, reason=reason)
    return registry.challenge(
        organization_id,
        NAME,
        version,
        as_of=as_of,
        metric=log_loss,
        actual=fresh.labels == "negative",
        champion=champion.predict_proba(fresh.tickets)[:, 0],
        challenger=fresh.probabilities[fresh.sentiment][:, 0],
        seed=seed,
    )


def score_tickets(
    model: TicketSentiment, tickets: pd.DataFrame, record: Record, *, as_of: date
) -> pd.DataFrame:
    """Score the tickets known at a day with a model of the registry.

    Returns
    -------
    one row per ticket: ticket_id, sentiment_score, sentiment_label, confidence, category,
    category_source, model_name, model_version, trained_as_of, scored_as_of
    """
    known = _known(tickets, as_of)
    scored = model.predict(known)
    scored.insert(0, "ticket_id", known["ticket_id"])
    return scored.assign(
        model_name=record.model_name,
        model_version=record.version,
        trained_as_of=record.trained_as_of,
        scored_as_of=as_of,
    )


def _known(tickets: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the tickets opened by a day, oldest first."""
    missing = sorted({"ticket_id", "opened_date", *_USED} - set(tickets.columns))
    if missing:
        raise ValueError(f"tickets lack {', '.join(missing)}: pass rows of fct_support_tickets")
    if tickets["ticket_id"].duplicated().any():
        raise ValueError("a ticket stands twice: pass the tickets of one organization, each once")
    is_known = pd.to_datetime(tickets["opened_date"]) <= pd.Timestamp(as_of)
    return tickets[is_known].sort_values(["opened_at", "ticket_id"], ignore_index=True)
