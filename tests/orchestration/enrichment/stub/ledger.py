"""A budget in memory that keeps every reply, and lets nothing wrong pass."""

from collections import Counter
from collections.abc import Iterator

from orchestration.enrichment.provider import (
    Answer,
    Call,
    Outcome,
    OverBudget,
    Provider,
    Reply,
    Request,
)


class Ledger:
    def __init__(self, credits: int) -> None:
        self.limit = credits
        self.spent = 0
        self.under_way: dict[str, Call] = {}
        self.answers: list[Answer] = []

    def room(self) -> int:
        return self.limit - self.spent - sum(call.price for call in self.under_way.values())

    def reserve(self, call: Call) -> None:
        if call.price > self.room():
            raise OverBudget
        self.under_way[call.key] = call

    def keep(self, reply: Reply) -> None:
        # A second reply to a call, or one to a call that never was, has no entry.
        del self.under_way[reply.call.key]
        self.spent += reply.credits
        self.answers += reply.answers

    def ask(self, provider: Provider, requests: list[Request]) -> None:
        """Ask everything, keeping each reply before the next."""
        for reply in self.replies(provider, requests):
            self.keep(reply)

    def replies(self, provider: Provider, requests: list[Request]) -> Iterator[Reply]:
        return provider.ask(requests, self)

    @property
    def outcomes(self) -> Counter[Outcome]:
        return Counter(answer.outcome for answer in self.answers)

    def subjects(self, *outcomes: Outcome) -> list[str]:
        """Return whom there are answers about, of these outcomes or of all."""
        kept = [a for a in self.answers if not outcomes or a.outcome in outcomes]
        return sorted(answer.request.subject for answer in kept)
