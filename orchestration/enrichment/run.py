"""A run of enrichment: whoever is due is asked for, within the budget, and what comes is kept."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from orchestration.enrichment.budget import CreditBudget, month_of
from orchestration.enrichment.candidates import candidates
from orchestration.enrichment.clock import Clock, as_of_dates, utc_now
from orchestration.enrichment.prospects import ideal_search, look_for
from orchestration.enrichment.provider import Provider, ProviderError
from orchestration.enrichment.report import Found, Report, Tally
from orchestration.enrichment.selection import Lifetimes, Selection, select
from orchestration.enrichment.store import AnswerStore
from orchestration.enrichment.tables import ANSWERED, prepare
from orchestration.settings import Settings
from orchestration.warehouse import Session, Warehouse

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
    prospects : companies like the best customers to look for, by each organization
    """

    per_run: int
    per_month: int
    lifetimes: Lifetimes
    without_consents: bool = True
    prospects: int = 0

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
            settings.enrichment_prospects_per_run,
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
    organizations: Collection[str] | None = None,
    now: Clock = utc_now,
    dry_run: bool = False,
) -> Report:
    """Ask for whoever is due in every organization, the dearest first, while the budget lasts.

    Each organization has an equal part of what is left when its turn comes. A run waits for another
    one to end: what that asks at this moment would look like a call that was lost.

    Parameters
    ----------
    table : the table in ``raw`` that keeps the answers
    organizations : ids of those whose customers are asked for; None for all
    now : the clock by which answers age and months begin
    dry_run : ask nothing and change nothing, but tell what it would cost
    """
    prepare(warehouse)
    with warehouse.session() as turn, warehouse.session() as session:
        turn.lock("enrichment calls")
        store = AnswerStore(session, table, now=now)
        spent = store.calls.spent_since(provider.name, month_of(now()))
        budget = CreditBudget(
            store, per_run=terms.per_run, per_month=terms.per_month, spent_this_month=spent
        )
        found_before = Found(*store.found_since(provider.name, now() - _COMPARED))
        report = Report(dry_run, budget.room(), found_before)
        if not dry_run:
            report.lost = store.give_up_lost_calls(provider.name)
        run = _Run(session, store, provider, budget, terms, now)
        days = as_of_dates(session, organizations)
        for number, (organization_id, day) in enumerate(days.items()):
            selection = run.select(organization_id)
            tally = Tally(selection.candidates, selection.unknown, len(selection.due))
            tally.price = provider.price(selection.due)
            report.tallies[organization_id] = tally
            if dry_run or report.stopped:
                continue
            budget.share_out(len(days) - number)
            try:
                run.ask(selection, day, tally)
                # What customers leave of the budget goes to companies that are none yet.
                run.look_for_prospects(organization_id, day, tally)
            except ProviderError as error:
                report.stopped = error
            run.share(selection, tally)
    return report


@dataclass(frozen=True)
class _Run:
    """What the steps of a run have in common."""

    session: Session
    store: AnswerStore
    provider: Provider
    budget: CreditBudget
    terms: Terms
    now: Clock

    def select(self, organization_id: str) -> Selection:
        people = candidates(
            self.session, organization_id, without_consents=self.terms.without_consents
        )
        return select(
            people,
            self.store.answered(organization_id, self.provider.name),
            provider=self.provider.name,
            organization_id=organization_id,
            lifetimes=self.terms.lifetimes,
            now=self.now(),
        )

    def ask(self, selection: Selection, known_from: date, tally: Tally) -> None:
        """Ask in order while the budget lasts: what misses give back goes to the next ones."""
        waiting = selection.due
        answered = len(waiting)
        while waiting and answered and self.budget.room():
            # Every question here costs a credit at most.
            turn = waiting[: self.budget.room()]
            waiting = waiting[len(turn) :]
            # A provider asks endpoint after endpoint, many questions to a call.
            turn.sort(key=lambda request: request.endpoint)
            answered = 0
            for reply in self.provider.ask(turn, self.budget):
                self.store.keep(reply, known_from)
                self.budget.settle(reply)
                answered += len(reply.answers)
                tally.add(reply)
                _show(turn[0].organization_id, tally)

    def look_for_prospects(self, organization_id: str, known_from: date, tally: Tally) -> None:
        search = ideal_search(self.session, self.provider.name, organization_id)
        if search is None:
            return
        for reply in look_for(
            search,
            self.provider,
            self.store,
            self.budget,
            known_from=known_from,
            most=self.terms.prospects,
            lifetimes=self.terms.lifetimes,
            now=self.now,
        ):
            tally.add_page(reply)

    def share(self, selection: Selection, tally: Tally) -> None:
        since = self.now() - timedelta(days=self.terms.lifetimes.matched)
        tally.shared = self.store.share(selection.repeated, self.provider.name, since)


def _show(organization_id: str, tally: Tally) -> None:
    _progress.info(
        "enrichment of %s: %s of %s asked, %s found, %s credits",
        organization_id,
        f"{tally.answered:,}",
        f"{tally.due:,}",
        f"{tally.outcomes['matched']:,}",
        f"{tally.credits:,}",
    )
