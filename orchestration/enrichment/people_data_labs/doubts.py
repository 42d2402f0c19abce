"""Calls that were sent and not answered: whether they were paid, and so may be sent again.

Between two readings of the account's credits that were taken while nothing else was under way, the
account must have lost what the answered calls in between cost. What it lost besides, the
unanswered ones have cost. A call that nobody waited for any longer may still be paid after the
reading: it counts as paid whatever the reading says.
"""

from dataclasses import dataclass

from orchestration.enrichment.people_data_labs.wire import Delivery
from orchestration.enrichment.provider import Call


@dataclass(frozen=True)
class Doubt:
    """A call that was sent and not answered, and what came instead."""

    call: Call
    delivery: Delivery


@dataclass(frozen=True)
class Decision:
    """What is taken for the truth about a call that was in doubt.

    Attributes
    ----------
    credits : what it cost, or the most that it may have cost
    may_repeat : whether it may be sent again
    """

    doubt: Doubt
    credits: int
    may_repeat: bool


class Meter:
    """The last reading of the account's credits, and what answered calls have cost since."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._spent = 0

    @property
    def is_known(self) -> bool:
        """Whether there is a reading to compare the next one with."""
        return self._left is not None

    def spent(self, credits: int) -> None:
        """Note what a call has cost for certain."""
        self._spent += credits

    def unexplained(self, left: int | None) -> int | None:
        """Take a reading and return the credits lost that no answer accounts for.

        Null where there is no earlier reading, or where the account gained: then it was topped up,
        and nothing follows.
        """
        lost = None if left is None or self._left is None else self._left - self._spent - left
        self._left, self._spent = left, 0
        return lost if lost is not None and lost >= 0 else None


class Doubts:
    """The calls in doubt, until a reading decides about all of them."""

    def __init__(self) -> None:
        self.meter = Meter()
        self._doubts: list[Doubt] = []

    def __bool__(self) -> bool:
        return bool(self._doubts)

    def add(self, call: Call, delivery: Delivery) -> None:
        """Hold a call until it is known what it cost."""
        self._doubts.append(Doubt(call, delivery))

    def decided(self, left: int | None) -> list[Decision]:
        """Decide about all by a reading taken while nothing was under way, None if none can be had.

        Without one a call counts as paid. The provider advises to repeat what failed at its end
        (5xx); an answer that was lost on the way may have been given.
        """
        cost = self.meter.unexplained(left)
        doubts, self._doubts = self._doubts, []
        if cost is None:
            return [Decision(d, d.call.price, d.delivery.status is not None) for d in doubts]
        # Which of several was paid, nobody can tell.
        are_free = cost == 0
        decisions = []
        for doubt in doubts:
            if doubt.delivery.is_under_way:
                decisions.append(Decision(doubt, doubt.call.price, may_repeat=False))
                continue
            credits = min(cost, doubt.call.price)
            decisions.append(Decision(doubt, credits, may_repeat=are_free))
            cost -= credits
        return decisions
