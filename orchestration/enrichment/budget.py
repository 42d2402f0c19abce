"""What enrichment may cost: so many credits a run, so many a month."""

from datetime import datetime

from orchestration.enrichment.provider import Call, OverBudget, Reply
from orchestration.enrichment.store import AnswerStore


class CreditBudget:
    """Credits that a run may still spend; a `provider.Budget`.

    A call takes its price before it leaves, and gives back what it did not cost once its reply is
    kept. Credits of calls whose reply never came stay spent, in the month of the call.

    Parameters
    ----------
    store : where calls are put on record
    per_run, per_month : credits at most; a month is a calendar month in UTC
    spent_this_month : credits of earlier runs in this month
    """

    def __init__(
        self, store: AnswerStore, *, per_run: int, per_month: int, spent_this_month: int
    ) -> None:
        self._store = store
        self._left = min(per_run, per_month - spent_this_month)
        self._ceiling: int | None = None
        self._spent = 0

    def share_out(self, parts: int) -> None:
        """Let the calls to come spend no more than one of so many equal parts of what is left."""
        self._ceiling = self._spent + max(self._left - self._spent, 0) // max(parts, 1)

    def room(self) -> int:
        """Return how many credits are neither spent nor set aside."""
        limit = self._left if self._ceiling is None else min(self._left, self._ceiling)
        return max(limit - self._spent, 0)

    def reserve(self, call: Call) -> None:
        """Set a call's price aside and put the call on record.

        Raises
        ------
        OverBudget
            When less than the price is left.
        """
        if call.price > self.room():
            raise OverBudget(
                f"A call to {call.provider} may cost {call.price:,} credits; the budget has "
                f"{self.room():,} left."
            )
        self._store.record(call)
        self._spent += call.price

    def settle(self, reply: Reply) -> None:
        """Give back what a call did not cost."""
        self._spent += reply.credits - reply.call.price


def month_of(now: datetime) -> datetime:
    """Return the first moment of a calendar month, UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
