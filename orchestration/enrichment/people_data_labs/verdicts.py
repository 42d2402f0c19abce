"""What a delivery means: which requests are answered, which may be sent again, what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from http import HTTPStatus

from orchestration.enrichment.people_data_labs.endpoints import OK, Endpoint, Part
from orchestration.enrichment.people_data_labs.wire import Delivery
from orchestration.enrichment.provider import (
    Answer,
    Exhausted,
    KeyRefused,
    Outcome,
    ProviderError,
    Request,
    Unavailable,
)

_LIMITED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)


class Health(Enum):
    """How the provider is, as far as one delivery tells."""

    WELL = auto()
    LIMITED = auto()
    FAULTY = auto()
    OUT_OF_REACH = auto()


@dataclass(frozen=True)
class Finding:
    """What is known of one request, but for when."""

    request: Request
    outcome: Outcome
    status: int | None = None
    likelihood: int | None = None
    body: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a delivery means.

    Attributes
    ----------
    findings : requests that are done with
    again : requests that cost nothing so far and may be sent again
    credits : what the call cost, or the most that it may have cost; null where nothing came, so
        that it may have cost nothing
    estimated : how many of these credits are no more than possible
    health : how the provider is
    end : why nothing more can be asked
    """

    findings: tuple[Finding, ...] = ()
    again: tuple[Request, ...] = ()
    credits: int | None = 0
    estimated: int = 0
    health: Health = Health.WELL
    end: ProviderError | None = None

    @property
    def is_unread(self) -> bool:
        """Whether nothing could be read of what may have been paid."""
        return bool(self.findings) and all(
            finding.outcome is Outcome.PENDING for finding in self.findings
        )


def judge(
    endpoint: Endpoint,
    requests: tuple[Request, ...],
    delivery: Delivery,
    *,
    price: int,
    spent: int | None,
    min_likelihood: int,
) -> Verdict:
    """Return what became of a call of ``price`` that ``spent`` credits by its headers."""
    status = delivery.status
    if status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(requests, delivery, spent)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return _answered(
            endpoint, requests, delivery, price=price, spent=spent, min_likelihood=min_likelihood
        )
    if end := _end(status):
        return Verdict(credits=spent or 0, end=end)
    if status in _LIMITED:
        return Verdict(again=requests, credits=spent or 0, health=Health.LIMITED)
    outcome = Outcome.NOT_FOUND if status == HTTPStatus.NOT_FOUND else Outcome.REFUSED
    findings = tuple(Finding(request, outcome, status, body=delivery.text) for request in requests)
    return Verdict(findings, credits=spent or 0)


def _failed(requests: tuple[Request, ...], delivery: Delivery, spent: int | None) -> Verdict:
    if not delivery.sent:
        return Verdict(again=requests, health=Health.OUT_OF_REACH)
    if spent:
        return Verdict(unread(requests, delivery), credits=spent, health=Health.FAULTY)
    return Verdict(again=requests, credits=spent, health=Health.FAULTY)


def unread(requests: Sequence[Request], delivery: Delivery | None = None) -> tuple[Finding, ...]:
    """Return requests that may have been paid and have no answer.

    What came instead, if anything, stands with the first: it is kept, once.
    """
    status, text = (delivery.status, delivery.text) if delivery else (None, "")
    return tuple(
        Finding(request, Outcome.PENDING, status, body="" if position else text)
        for position, request in enumerate(requests)
    )


def answers(findings: Sequence[Finding], credits: int, received_at: datetime) -> tuple[Answer, ...]:
    """Share what the call cost among the findings that may have been paid, matches first."""
    payable = [f for f in findings if f.status == OK or f.outcome is Outcome.PENDING]
    payable.sort(key=lambda finding: finding.outcome is Outcome.PENDING)
    each, more = divmod(credits, len(payable) or 1)
    shares = {id(finding): each + (rank < more) for rank, finding in enumerate(payable)}
    return tuple(
        Answer(
            request=finding.request,
            outcome=finding.outcome,
            status=finding.status,
            credits=shares.get(id(finding), 0),
            likelihood=finding.likelihood,
            body=finding.body,
            received_at=received_at,
        )
        for finding in findings
    )


def _answered(
    endpoint: Endpoint,
    requests: tuple[Request, ...],
    delivery: Delivery,
    *,
    price: int,
    spent: int | None,
    min_likelihood: int,
) -> Verdict:
    parts, worth = endpoint.read(requests, delivery)
    findings = tuple(
        Finding(part.request, outcome, part.status, part.likelihood, part.text)
        for part in parts
        if (outcome := _outcome(part, min_likelihood))
    )
    done = {id(finding.request) for finding in findings}
    rest = tuple(request for request in requests if id(request) not in done)
    end = next((end for part in parts if (end := _end(part.status))), None)
    paid = sum(endpoint.worth(part.content) for part in parts if part.status == OK)
    if rest and spent is None and worth is None:
        lost = unread(rest, delivery)
        return Verdict(findings + lost, credits=price, estimated=price - paid, end=end)
    spent = spent if spent is not None else worth or paid
    if rest and spent > paid:
        return Verdict(findings + unread(rest, delivery), credits=spent, end=end)
    health = Health.FAULTY if rest and not end else Health.WELL
    return Verdict(findings, () if end else rest, spent, health=health, end=end)


def _outcome(part: Part, min_likelihood: int) -> Outcome | None:
    """Return what became of a request, None where it may be asked again."""
    if part.status == OK:
        # The provider was told the least likelihood; this holds it to that.
        is_sure = part.likelihood is None or part.likelihood >= min_likelihood
        return Outcome.MATCHED if is_sure else Outcome.NOT_FOUND
    if part.status == HTTPStatus.NOT_FOUND:
        return Outcome.NOT_FOUND
    is_open = part.status >= HTTPStatus.INTERNAL_SERVER_ERROR or part.status in _LIMITED
    return None if is_open or _end(part.status) else Outcome.REFUSED


def _end(status: int) -> ProviderError | None:
    """Return why a status forbids to ask on, if it does."""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return KeyRefused(
            f"People Data Labs refuses the key (status {status}): "
            "set PDL_API_KEY to a valid key of a plan that covers this endpoint."
        )
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return Exhausted(
            "The account at People Data Labs has no credits left: what came is kept, "
            "buy credits or wait for the next period and run again."
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Unavailable(
            f"People Data Labs answers with a redirect (status {status}), which is not followed, "
            "for the key would go with it: check the base URL."
        )
    return None
