"""What a run of enrichment did, counted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from orchestration.enrichment.provider import Outcome, ProviderError, Reply


@dataclass(frozen=True)
class Found:
    """How many questions found somebody, of those to which the answer was yes or no."""

    matched: int
    judged: int

    @property
    def rate(self) -> float | None:
        """Share of matches, 0 to 1; None where nothing was judged."""
        return self.matched / self.judged if self.judged else None


@dataclass
class Tally:
    """What came of an organization's questions.

    Attributes
    ----------
    candidates : customers and employers who could be asked for
    unknown : those of whom too little is known to ask
    due : those who were due
    price : credits that asking for all of them could have cost
    credits : credits spent
    outcomes : answers by outcome
    likelihoods : matches by how sure the provider was
    shared : who got the answer to an equal question about somebody else
    prospects : companies found that are like the best customers
    """

    candidates: int = 0
    unknown: int = 0
    due: int = 0
    price: int = 0
    credits: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    likelihoods: Counter[int] = field(default_factory=Counter)
    shared: int = 0
    prospects: int = 0

    @property
    def answered(self) -> int:
        """Answers that came."""
        return self.outcomes.total()

    @property
    def waiting(self) -> int:
        """Those who were due and were not asked for."""
        return self.due - self.answered

    def add(self, reply: Reply) -> None:
        """Count a reply."""
        self.credits += reply.credits
        self.outcomes.update(answer.outcome.value for answer in reply.answers)
        self.likelihoods.update(
            answer.likelihood
            for answer in reply.answers
            if answer.outcome is Outcome.MATCHED and answer.likelihood is not None
        )

    def add_page(self, reply: Reply) -> None:
        """Count a page of companies found, each of which cost a credit."""
        self.credits += reply.credits
        self.prospects += reply.credits


@dataclass
class Report:
    """What a run did.

    Attributes
    ----------
    room : credits that the run could spend
    found_before : what questions of the months before found
    tallies : by organization
    lost : requests of calls that an earlier run left without a reply
    stopped : why the provider could be asked no more, if so
    """

    is_dry: bool
    room: int
    found_before: Found
    tallies: dict[str, Tally] = field(default_factory=dict)
    lost: int = 0
    stopped: ProviderError | None = None

    @classmethod
    def of_nothing(cls) -> Self:
        """Return the report of a run that could ask nobody."""
        return cls(False, 0, Found(0, 0))

    @property
    def credits(self) -> int:
        """Credits spent in all."""
        return sum(tally.credits for tally in self.tallies.values())

    @property
    def found(self) -> Found:
        """What this run's questions found."""
        outcomes = sum((tally.outcomes for tally in self.tallies.values()), Counter[str]())
        matched = outcomes[Outcome.MATCHED]
        return Found(matched, matched + outcomes[Outcome.NOT_FOUND])

    @property
    def likelihoods(self) -> dict[int, int]:
        """Matches by how sure the provider was, the surest first."""
        counts = sum((tally.likelihoods for tally in self.tallies.values()), Counter[int]())
        return dict(sorted(counts.items(), reverse=True))

    def sentences(self) -> Iterator[str]:
        """Yield a line for each organization: what came of its questions, or would."""
        for organization_id, tally in self.tallies.items():
            who = f"{organization_id}: {tally.due:,} of {tally.candidates:,} due"
            yield f"{who}, {self._price(tally) if self.is_dry else _outcome(tally)}"

    def _price(self, tally: Tally) -> str:
        left = f"{min(tally.price, self.room):,} of the {self.room:,} credits left"
        return f"which would cost {tally.price:,} credits at most, {left}"


def _outcome(tally: Tally) -> str:
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in tally.outcomes.items())
    found = f", {tally.prospects:,} prospects" if tally.prospects else ""
    return f"{outcomes or 'nobody asked for'}{found}, {tally.credits:,} credits"
