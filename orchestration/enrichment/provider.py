"""What third parties are asked, what it may cost and what comes back: the interface of them all.

A provider never asks without leave, and what it was told is stored before anything else is done::

    for reply in provider.ask(requests, budget):
        store.keep(reply)    # answers and credits, in one transaction

Each call takes its price out of the budget before it leaves. Whatever becomes of it, one reply
settles it; a call that is never settled (the process died) may have been answered and paid.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol


class Outcome(StrEnum):
    """What became of a request."""

    MATCHED = "matched"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    """Asked, perhaps paid, but no answer could be read: asking again might pay twice."""
    REFUSED = "refused"
    """The request itself is wrong: asking again brings the same."""


@dataclass(frozen=True)
class Request:
    """One question about one subject.

    Attributes
    ----------
    provider, endpoint : whom to ask, and for what, such as ``person/enrich``
    organization_id : whose question it is
    subject : what it is about in the organization's own words, such as a customer id; not sent
    params : what is sent
    """

    provider: str
    endpoint: str
    organization_id: str
    subject: str
    params: Mapping[str, object]

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of provider, endpoint and params: equal questions have equal hashes."""
        question = [self.provider, self.endpoint, self.params]
        text = json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What a provider said to one request.

    Attributes
    ----------
    request : what was asked
    outcome : what became of it
    status : HTTP status of this very answer, null where none came
    credits : credits that it cost
    likelihood : how sure the provider is of the match, 1 to 10, null where it does not say
    body : the answer whole, as text (JSON from a provider in good order); empty where none came
    received_at : when it came (UTC), by the clock that the provider was given
    """

    request: Request
    outcome: Outcome
    status: int | None
    credits: int
    likelihood: int | None
    body: str
    received_at: datetime


@dataclass(frozen=True)
class Call:
    """Requests that leave together, and the most credits that they could cost."""

    provider: str
    endpoint: str
    requests: tuple[Request, ...]
    price: int
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True)
class Reply:
    """The end of a call, to be stored in one transaction.

    Attributes
    ----------
    call : the call, of which nothing more will be heard
    answers : what came; a request of the call without an answer counts as never asked
    credits : what the call cost by the provider's word, else the most that it may have cost
    """

    call: Call
    answers: tuple[Answer, ...]
    credits: int


class Budget(Protocol):
    """Leave to spend. Asked from one thread at a time."""

    def room(self) -> int:
        """Return how many credits are neither spent nor set aside."""

    def reserve(self, call: Call) -> None:
        """Set the call's price aside and put its requests on record as asked, durably.

        Raises
        ------
        OverBudget
            When less than the price is left.
        """


class Provider(Protocol):
    """A third party that answers questions for credits."""

    @property
    def name(self) -> str:
        """Its name in every table."""

    def price(self, requests: Sequence[Request]) -> int:
        """Return the most credits that asking all of ``requests`` could cost."""

    def ask(self, requests: Sequence[Request], budget: Budget) -> Iterator[Reply]:
        """Ask what the budget allows, in the order given, and yield replies as they come.

        Of several endpoints one comes after the other.

        Ends early where the budget has no room for more. The caller stores and settles a reply
        before it takes the next.

        Raises
        ------
        KeyRefused, Exhausted, Unavailable
            After yielding what was got.
        """


def subject(kind: str, key: str) -> str:
    """Return what a request says of whom it is about: ``member/m1``, ``account/17``."""
    return f"{kind}/{key}"


class OverBudget(Exception):  # noqa: N818 - an outcome, not a fault
    """A call might cost more than the budget has left."""


class ProviderError(Exception):
    """A provider cannot be asked; the message says why and what to do."""


class KeyRefused(ProviderError):  # noqa: N818 - an outcome, not a fault
    """The provider does not know the key."""


class Exhausted(ProviderError):  # noqa: N818 - an outcome, not a fault
    """The account at the provider has no credits left."""


class Unavailable(ProviderError):  # noqa: N818 - an outcome, not a fault
    """The provider has answered nothing for a long time."""
