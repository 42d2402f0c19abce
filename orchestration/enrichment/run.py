"""A run of enrichment: whoever is due is asked for, within the budget, and what comes is kept."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from orchestration.enrichment.budget import CreditBudget, month_of
from orchestration.enrichment.candidates import candidates
from orchestration.enrichment.provider import Provider, ProviderError, Reply, Request
from orchestration.enrichment.report import Found, Report, Tally
from orchestration.enrichment.selection import Lifetimes, select
from orchestration.enrichment.store import AnswerStore, Clock, as_of_dates, utc_now
from orchestration.enrichment.tables import ANSWERED, prepare
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse

# Matches of so long ago tell how many to expect.
_COMPARED = timedelta(days=90)
# Progress within a step is for the terminal alone: each message to Dagster's own log is stored.
_progress = logging.getLogger("orchestration.progress")


@dataclass(frozen=True)
class Terms:
    """On which terms a run asks.

    Attributes
    ----------
    per_run, per_month : credits at most
    lifetimes : for how many days answers do
    without_consents : whether to ask for customers of organizations that deliver no consents
    """

    per_run: int
    per_month: int
    lifetimes: Lifetimes
    without_consents: bool = True

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the terms that the operator has set."""
        return cls(
            settings.enrichment_credits_per_run,
            settings.enrichment_credits_per_month,
            Lifetimes(
                matched=settings.enrichment_max_age_days,
                not_found=settings.enrichment_not_found_days,
                pending=settings.enrichment_pending_days,
            ),
            settings.enrichment_without_consents,
        )

    def with_credits(self, credits: int) -> Self:
        """Return the same terms with so many credits a month, all of which a run may spend."""
        return replace(self, per_run=credits, per_month=credits)


def enrich(
    warehouse: Warehouse,
    provider: Provider,
    terms: Terms,
    *,
    table: str = ANSWERED,
    now: Clock = utc_now,
    dry_run: bool = False,
) -> Report:
    """Ask for whoever is due in every organization, the dearest first, while the budget lasts.

    Each organization has an equal part of what is left when its turn comes. Only one run may do so
    at a time: what another one asks at this moment would look like a call that was lost.

    Parameters
    ----------
    table : the table in ``raw`` that keeps the answers
    now : the clock by which answers age and months begin
    dry_run : ask nothing and change nothing, but tell what it would cost
    """
    prepare(warehouse)
    with warehouse.session() as session:
        store = AnswerStore(session, table, now=now)
        month = month_of(now())
        budget = CreditBudget(
            store,
            per_run=terms.per_run,
            per_month=terms.per_month,
            spent_this_month=store.spent_since(provider.name, month),
        )
        report = Report(
            provider.name,
            dry_run,
            budget.room(),
            found_before=Found(*store.found_since(provider.name, now() - _COMPARED)),
        )
        if not dry_run:
            report.lost = store.give_up_lost_calls(provider.name)
        days = as_of_dates(session)
        for number, (organization_id, day) in enumerate(days.items()):
            people = candidates(session, organization_id, without_consents=terms.without_consents)
            selection = select(
                people,
                store.answered(organization_id, provider.name),
                provider=provider.name,
                organization_id=organization_id,
                lifetimes=terms.lifetimes,
                now=now(),
            )
            tally = Tally(selection.candidates, selection.unknown, len(selection.due))
            tally.price = provider.price(selection.due)
            report.tallies[organization_id] = tally
            if dry_run or report.stopped:
                continue
            budget.share_out(len(days) - number)
            try:
                for reply in _ask(provider, selection.due, store, budget, day):
                    tally.add(reply)
                    _show(organization_id, tally)
            except ProviderError as error:
                report.stopped = error
            since = now() - timedelta(days=terms.lifetimes.matched)
            tally.shared = store.share(selection.repeated, provider.name, since)
    return report


def _ask(
    provider: Provider,
    requests: list[Request],
    store: AnswerStore,
    budget: CreditBudget,
    known_from: date,
) -> Iterator[Reply]:
    """Ask in order while the budget lasts: misses give back credits, which go to the next ones."""
    waiting = requests
    while waiting and budget.room():
        # Every question here costs a credit at most.
        turn = waiting[: budget.room()]
        # A provider asks endpoint after endpoint, many questions to a call.
        turn.sort(key=lambda request: request.endpoint)
        answered = 0
        for reply in provider.ask(turn, budget):
            store.keep(reply, known_from)
            budget.settle(reply)
            answered += len(reply.answers)
            yield reply
        waiting = waiting[len(turn) :]
        if not answered:
            return


def _show(organization_id: str, tally: Tally) -> None:
    _progress.info(
        "enrichment of %s: %s of %s asked, %s found, %s credits",
        organization_id,
        f"{tally.answered:,}",
        f"{tally.due:,}",
        f"{tally.outcomes['matched']:,}",
        f"{tally.credits:,}",
    )
