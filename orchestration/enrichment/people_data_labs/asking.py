"""Asking one endpoint until everything is answered, or the budget, the account or patience ends.

What is asked again is what cannot have been paid: what the provider turned away, or never had.
A call that was sent and not answered is in doubt. Its price stays out of the budget, and no other
leaves until the account's credits have told what it cost: if nothing, it is sent again. Where they
do not tell, a call that failed at the provider (5xx) is sent again, as the provider advises, and
counts as paid; one whose answer was lost on the way is left ``pending``.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from orchestration.enrichment.people_data_labs.doubts import Decision, Doubts
from orchestration.enrichment.people_data_labs.endpoints import Endpoint
from orchestration.enrichment.people_data_labs.headers import Reading, read_headers
from orchestration.enrichment.people_data_labs.limiter import Limiter
from orchestration.enrichment.people_data_labs.manner import Manner
from orchestration.enrichment.people_data_labs.probe import Probe
from orchestration.enrichment.people_data_labs.verdicts import (
    Finding,
    Health,
    Verdict,
    answers,
    judge,
    unread,
)
from orchestration.enrichment.people_data_labs.waiting import Waiting
from orchestration.enrichment.people_data_labs.wire import Delivery, Wire
from orchestration.enrichment.provider import (
    Budget,
    Call,
    OverBudget,
    Reply,
    Request,
    Unavailable,
)

_MOST_UNREAD = 3
"""Answers in a row that nobody can read, after which no more are paid for."""


class Asking:
    """One endpoint's requests on their way.

    Only the wire runs in other threads: budget, limiter and doubts are the caller's thread's alone.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        budget: Budget,
        *,
        endpoint: Endpoint,
        wire: Wire,
        limiter: Limiter,
        manner: Manner,
    ) -> None:
        self._waiting = Waiting(requests, endpoint, manner.tries)
        self._budget = budget
        self._endpoint = endpoint
        self._wire = wire
        self._limiter = limiter
        self._manner = manner
        self._doubts = Doubts()
        self._out: dict[Future[Delivery], Call] = {}
        self._lone: Call | None = None
        self._probe = Probe(endpoint.probe, wire, manner.backoff)
        self._has_heard = False
        self._unread = 0
        self._is_over = False
        self._end: BaseException | None = None
        self._last_answer = time.monotonic()

    def replies(self) -> Iterator[Reply]:
        """Yield one reply for each call that has left.

        Raises
        ------
        ProviderError
            After all replies, where the provider ended it.
        KeyboardInterrupt
            Or whatever else interrupts, after the replies to the calls that are under way: they
            are paid. A second interruption is not held up.
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
                elif self._doubts and (self._probe or not self._may_go_on()):
                    yield from self._probed()
                elif self._may_go_on():
                    self._wait_for_room()
                else:
                    break
        if self._end:
            raise self._end

    def _may_go_on(self) -> bool:
        return bool(self._waiting) and not self._is_over

    def _stop(self, why: BaseException | None = None) -> None:
        self._is_over = True
        self._end = self._end or why

    def _next_call(self) -> Call | None:
        """Take requests off the queue and their price out of the budget, if that may be now."""
        # The first call goes alone, for the readings' sake. So does each while another is in
        # doubt, if it takes a call to read the credits, and after one that nobody could read.
        is_single = self._doubts or not self._has_heard or self._unread
        is_crowded = len(self._out) >= (1 if is_single else self._manner.connections)
        is_held_up = self._doubts and self._probe
        if is_crowded or is_held_up or not self._may_go_on():
            return None
        requests, is_spent = self._waiting.taken(self._limiter, self._budget)
        # What is under way may cost less than its price, and so make room.
        if is_spent and not self._out:
            self._stop()
        if not requests:
            return None
        price = sum(map(self._endpoint.price, requests))
        call = Call(requests[0].provider, requests[0].endpoint, requests, price)
        try:
            self._budget.reserve(call)
        except OverBudget:
            self._stop()
            return None
        return call

    def _wait_for_room(self) -> None:
        pause = self._limiter.pause() or 0.0
        if pause > self._manner.patience:
            self._stop(
                Unavailable(
                    f"The rate limit of People Data Labs leaves no room for {pause:,.0f} seconds: "
                    "what came is kept, run again after that."
                )
            )
        else:
            time.sleep(pause)

    def _arrivals(self) -> Iterator[Reply]:
        try:
            done, _ = wait(self._out, timeout=self._limiter.pause(), return_when=FIRST_COMPLETED)
        except BaseException as interruption:
            if self._end:
                raise
            self._stop(interruption)
            return
        for future in done:
            call, delivery = self._out.pop(future), future.result()
            reading = read_headers(delivery.headers)
            verdict = judge(
                self._endpoint,
                call.requests,
                delivery,
                price=call.price,
                spent=reading.spent,
                min_likelihood=self._manner.min_likelihood,
            )
            self._note(call, verdict, delivery, reading)
            yield from self._settled(call, verdict, delivery)
            if self._lone is call and reading.account_left is not None:
                yield from self._carry_out(self._doubts.decided(reading.account_left))

    def _note(self, call: Call, verdict: Verdict, delivery: Delivery, reading: Reading) -> None:
        """Tell the limiter how it went, and lose patience where nothing has been well for long."""
        items = len(call.requests)
        if verdict.end:
            self._stop(verdict.end)
        if verdict.health is Health.WELL:
            self._has_heard = True
            self._last_answer = time.monotonic()
            self._limiter.came(items, reading)
            self._unread = self._unread + 1 if verdict.is_unread and delivery.whole else 0
            if self._unread == _MOST_UNREAD:
                self._stop(
                    Unavailable(
                        f"{_MOST_UNREAD} answers of People Data Labs in a row could not be read: "
                        "they are kept, and may be paid; look for a release that knows their form."
                    )
                )
            return
        self._limiter.failed(items, reading, limited=verdict.health is Health.LIMITED)
        silence = time.monotonic() - self._last_answer
        if silence > self._manner.patience:
            what = delivery.problem or f"status {delivery.status}"
            self._stop(
                Unavailable(
                    f"People Data Labs has answered nothing for {silence:,.0f} seconds ({what}): "
                    "what came is kept, run again later."
                )
            )

    def _settled(self, call: Call, verdict: Verdict, delivery: Delivery) -> Iterator[Reply]:
        if verdict.credits is None:
            self._doubts.add(call, delivery)
            return
        self._doubts.meter.spent(verdict.credits - verdict.estimated)
        given_up: tuple[Request, ...] = ()
        if verdict.health is Health.FAULTY:
            given_up = self._waiting.failed(verdict.again)
        else:
            self._waiting.put_back(verdict.again)
        yield self._reply(call, (*verdict.findings, *unread(given_up, delivery)), verdict.credits)

    def _carry_out(self, decisions: Iterable[Decision]) -> Iterator[Reply]:
        for decision in decisions:
            call = decision.doubt.call
            given_up = self._waiting.failed(call.requests) if decision.may_repeat else call.requests
            yield self._reply(call, unread(given_up, decision.doubt.delivery), decision.credits)

    def _probed(self) -> Iterator[Reply]:
        """Ask for headers alone, and decide about the calls in doubt if that tells enough."""
        left = self._probe.account_left()
        if left is None and self._probe:
            return
        # Else the next call will tell, if there is one and an earlier reading to compare with.
        if left is not None or not self._doubts.meter.is_known or not self._may_go_on():
            yield from self._carry_out(self._doubts.decided(left))

    def _reply(self, call: Call, findings: Sequence[Finding], credits: int) -> Reply:
        return Reply(call, answers(findings, credits, self._manner.clock()), credits)
