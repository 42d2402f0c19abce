"""Asking one endpoint until everything is answered, or the budget, the account or patience ends.

What is asked again is what cannot have been paid: what the provider turned away, or never had.
A call that was sent and not answered is in doubt. Its price stays out of the budget, and what
follows goes alone until the account's meter has told what it cost: if nothing, it is sent again.
Where no meter tells, a call that failed at the provider (5xx) is sent again, as the provider
advises, and counts as paid; one whose answer was lost on the way is left ``pending``.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from orchestration.enrichment.people_data_labs.endpoints import OK, Endpoint
from orchestration.enrichment.people_data_labs.headers import Reading, read_headers
from orchestration.enrichment.people_data_labs.limiter import Limiter
from orchestration.enrichment.people_data_labs.meter import Meter
from orchestration.enrichment.people_data_labs.verdicts import Finding, Health, judge, unread
from orchestration.enrichment.people_data_labs.wire import Delivery, Wire
from orchestration.enrichment.provider import (
    Answer,
    Budget,
    Call,
    Outcome,
    OverBudget,
    ProviderError,
    Reply,
    Request,
    Unavailable,
)


@dataclass(frozen=True)
class Manner:
    """How to ask.

    Attributes
    ----------
    connections : calls under way at once
    tries : how often a request is sent that the provider fails at; a bulk is halved each time
    patience : seconds without any answer after which to give up
    backoff : seconds to wait after a first failure; doubled by each further one in a row
    min_likelihood : matches below it count as not found, 0 to 10
    clock : tells when an answer came
    """

    connections: int
    tries: int
    patience: float
    backoff: float
    min_likelihood: int
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Doubt:
    """A call that was sent and not answered, and the delivery that told so."""

    call: Call
    delivery: Delivery


class Asking:
    """One endpoint's requests on their way.

    Only the wire runs in other threads: budget, limiter and meter are used in the caller's alone.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        budget: Budget,
        *,
        endpoint: Endpoint,
        wire: Wire,
        limiter: Limiter,
        meter: Meter,
        manner: Manner,
    ) -> None:
        size = endpoint.batch
        starts = range(0, len(requests), size)
        self._waiting = deque(tuple(requests[start : start + size]) for start in starts)
        self._tries: Counter[str] = Counter()
        self._budget = budget
        self._endpoint = endpoint
        self._wire = wire
        self._limiter = limiter
        self._meter = meter
        self._manner = manner
        self._out: dict[Future[Delivery], Call] = {}
        self._lone: Call | None = None
        self._doubts: list[Doubt] = []
        self._has_heard = False
        self._is_over = False
        self._end: ProviderError | None = None
        self._last_answer = time.monotonic()

    def replies(self) -> Iterator[Reply]:
        """Yield one reply for each call that has left.

        Raises
        ------
        ProviderError
            After all replies, where the provider ended it.
        """
        with ThreadPoolExecutor(self._manner.connections) as pool:
            while True:
                while call := self._next_call():
                    self._limiter.left(len(call.requests))
                    self._lone = None if self._out else call
                    route = self._endpoint.route(call.requests)
                    self._out[pool.submit(self._wire.send, route)] = call
                if self._out:
                    yield from self._arrivals()
                elif self._may_go_on():
                    time.sleep(self._limiter.pause() or 0)
                elif self._doubts:
                    yield from self._by_probe()
                else:
                    break
        if self._end:
            raise self._end

    def _may_go_on(self) -> bool:
        return bool(self._waiting) and not self._is_over

    def _stop(self, why: ProviderError | None = None) -> None:
        self._is_over = True
        self._end = self._end or why

    # Leaving

    def _next_call(self) -> Call | None:
        """Take requests off the queue and their price out of the budget, if that may be now."""
        # The first call goes alone, for the meter's sake and the limiter's, and so does each
        # while another is in doubt.
        is_single = self._doubts or not self._has_heard
        is_crowded = len(self._out) >= (1 if is_single else self._manner.connections)
        if is_crowded or not self._may_go_on():
            return None
        requests = self._waiting.popleft()
        chosen = self._affordable(requests[: self._limiter.room(len(requests))])
        if rest := requests[len(chosen) :]:
            self._waiting.appendleft(rest)
        if not chosen:
            return None
        price = sum(map(self._endpoint.price, chosen))
        call = Call(chosen[0].provider, chosen[0].endpoint, chosen, price)
        try:
            self._budget.reserve(call)
        except OverBudget:
            self._stop()
            return None
        return call

    def _affordable(self, requests: tuple[Request, ...]) -> tuple[Request, ...]:
        """Return as many of the first requests as the budget has room for."""
        room = self._budget.room() if requests else 0
        chosen: list[Request] = []
        for request in requests:
            fitting = self._endpoint.within(request, room)
            if fitting is None:
                break
            chosen.append(fitting)
            room -= self._endpoint.price(fitting)
        # What is under way may cost less than its price, and so make room.
        if requests and not chosen and not self._out:
            self._stop()
        return tuple(chosen)

    # Coming back

    def _arrivals(self) -> Iterator[Reply]:
        done, _ = wait(self._out, timeout=self._limiter.pause(), return_when=FIRST_COMPLETED)
        for future in done:
            call = self._out.pop(future)
            yield from self._settled(call, future.result())

    def _settled(self, call: Call, delivery: Delivery) -> Iterator[Reply]:
        reading = read_headers(delivery.headers)
        verdict = judge(
            self._endpoint,
            call.requests,
            delivery,
            price=call.price,
            spent=reading.spent,
            min_likelihood=self._manner.min_likelihood,
        )
        self._note(call, verdict.health, reading, delivery)
        if verdict.end:
            self._stop(verdict.end)
        if verdict.credits is None:
            self._doubts.append(Doubt(call, delivery))
        else:
            self._meter.spent(verdict.credits - verdict.estimated)
            given_up = self._send_again(verdict.again, verdict.health)
            yield self._reply(call, verdict.findings + unread(given_up, delivery), verdict.credits)
        if self._lone is call and reading.account_left is not None:
            yield from self._by_meter(reading.account_left)
        elif self._doubts and not self._meter.is_known:
            yield from self._without_meter()

    def _note(self, call: Call, health: Health, reading: Reading, delivery: Delivery) -> None:
        """Tell the limiter how it went, and lose patience where nothing has been well for long."""
        if health is Health.WELL:
            self._has_heard = True
            self._last_answer = time.monotonic()
            self._limiter.came(len(call.requests), reading)
            return
        is_limited = health is Health.LIMITED
        self._limiter.failed(len(call.requests), reading, limited=is_limited)
        silence = time.monotonic() - self._last_answer
        if max(silence, self._limiter.pause() or 0) > self._manner.patience:
            what = delivery.problem or f"status {delivery.status}"
            self._stop(
                Unavailable(
                    f"People Data Labs has answered nothing for {silence:.0f} seconds and is not "
                    f"expected to soon ({what}): what came is kept, run again later."
                )
            )

    def _send_again(self, requests: tuple[Request, ...], health: Health) -> tuple[Request, ...]:
        """Put requests back, those of a fault in halves; return those that failed too often."""
        if health is not Health.FAULTY:
            self._waiting.extendleft([requests] if requests else [])
            return ()
        self._tries.update(request.hash for request in requests)
        given_up = tuple(r for r in requests if self._tries[r.hash] >= self._manner.tries)
        left = tuple(r for r in requests if self._tries[r.hash] < self._manner.tries)
        half = (len(left) + 1) // 2
        self._waiting.extendleft(part for part in (left[half:], left[:half]) if part)
        return given_up

    # Doubts

    def _by_meter(self, left: int) -> Iterator[Reply]:
        """Settle calls in doubt by a reading that was taken while nothing else was under way."""
        cost = self._meter.unexplained(left)
        if self._doubts and cost is None:
            yield from self._without_meter()
        doubts, self._doubts = self._doubts, []
        charged = 0
        for doubt in doubts:
            credits = min((cost or 0) - charged, doubt.call.price)
            charged += credits
            given_up = doubt.call.requests
            if not cost:
                given_up = self._send_again(given_up, Health.FAULTY)
            yield self._reply(doubt.call, unread(given_up, doubt.delivery), credits)

    def _by_probe(self) -> Iterator[Reply]:
        """Settle calls in doubt when nothing else is left to send: ask for headers alone."""
        left = self._probed() if self._meter.is_known else None
        yield from self._without_meter() if left is None else self._by_meter(left)

    def _probed(self) -> int | None:
        for attempt in range(self._manner.tries):
            if not self._endpoint.probe:
                break
            headers = self._wire.send(self._endpoint.probe).headers
            if (left := read_headers(headers).account_left) is not None:
                return left
            time.sleep(self._manner.backoff * 2**attempt)
        return None

    def _without_meter(self) -> Iterator[Reply]:
        """Settle calls in doubt as paid, and send those again that the provider failed at."""
        self._meter.unexplained(None)
        doubts, self._doubts = self._doubts, []
        for doubt in doubts:
            given_up = doubt.call.requests
            if doubt.delivery.status is not None:
                given_up = self._send_again(given_up, Health.FAULTY)
            yield self._reply(doubt.call, unread(given_up, doubt.delivery), doubt.call.price)

    def _reply(self, call: Call, findings: tuple[Finding, ...], credits: int) -> Reply:
        return Reply(call, _answers(findings, credits, self._manner.clock()), credits)


def _answers(
    findings: tuple[Finding, ...], credits: int, received_at: datetime
) -> tuple[Answer, ...]:
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
